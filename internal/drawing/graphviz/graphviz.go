// Package graphviz lays graphs out with Graphviz's dot, which runs as WebAssembly: no
// cgo, no command to install, and the same numbers on every machine.
//
// graphviz.wasm.gz is the file internal/wasm/graphviz.wasm of the module
// github.com/goccy/go-graphviz, version [Version], which is Graphviz 12.1.2 and Expat
// 2.6.3; TestOrigin compares the two. The module itself cannot be imported: it compiles
// the file whenever a program with it starts, which takes a drey command half a second of
// a processor or, from its cache in the temporary folder, 20 ms, and whoever may write to
// that folder decides what runs. Here it is compiled when a graph is laid out. The code
// reaches no file, no network, no clock and no environment.
//
// go-graphviz and Expat are under the MIT license, Graphviz is under the Eclipse Public
// License 1.0. Both licenses are beside this file; the source of Graphviz is at
// https://gitlab.com/graphviz/graphviz/-/tree/12.1.2.
package graphviz

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"fmt"
	"io"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// Version is that of the module that graphviz.wasm.gz is from.
const Version = "v0.2.10"

//go:embed graphviz.wasm.gz
var packed []byte

// code is the WebAssembly.
func code() ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// compilations keeps what is compiled for the next graph of the process.
var compilations = sync.OnceValue(wazero.NewCompilationCache)

// Plain lays out a graph, given in the language dot, and returns it in the format
// [plain]. An error is that of a graph that dot cannot read, or ctx's.
//
// [plain]: https://graphviz.org/docs/outputs/plain/
func Plain(ctx context.Context, graph string) (text string, err error) {
	wasm, err := code()
	if err != nil {
		return "", err
	}
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCompilationCache(compilations()).WithCloseOnContextDone(true))
	defer r.Close(context.WithoutCancel(ctx))
	compiled, err := r.CompileModule(ctx, wasm)
	if err != nil {
		return "", err
	}
	// The module offers hooks into each step of Graphviz, which are not used.
	hooks := r.NewHostModuleBuilder("env")
	for _, f := range compiled.ImportedFunctions() {
		if module, name, _ := f.Import(); module == "env" {
			hooks.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(context.Context, api.Module, []uint64) {
				panic("graphviz calls " + name)
			}), f.ParamTypes(), f.ResultTypes()).Export(name)
		}
	}
	if _, err := hooks.Instantiate(ctx); err != nil {
		return "", err
	}
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, r); err != nil {
		return "", err
	}
	m, err := r.InstantiateModule(ctx, compiled, wazero.NewModuleConfig())
	if err != nil {
		return "", err
	}
	p := &program{ctx: ctx, module: m}
	defer func() {
		switch failed := recover().(type) {
		case nil:
		case failure:
			if text, err = "", failed.error; ctx.Err() != nil {
				err = ctx.Err()
			}
		default:
			panic(failed)
		}
	}()
	return p.plain(graph), nil
}

// program is Graphviz as it runs. Its methods panic with a failure.
type program struct {
	ctx    context.Context
	module api.Module
}

type failure struct{ error }

func (p *program) plain(graph string) string {
	gvc := p.result("getContextWithPlugins", p.result("SymList_default"), 1)
	g := p.result("memRead", p.text(graph))
	if g == 0 {
		panic(failure{fmt.Errorf("graphviz cannot read the graph")})
	}
	if code := p.result("Context_layout", gvc, g, p.text("dot")); code != 0 {
		panic(failure{fmt.Errorf("graphviz cannot lay out the graph: dot returns %d", int32(code))})
	}
	// A pointer to a string is a pointer to its address and its length.
	address, length := p.space(8), p.space(8)
	if code := p.result("Context_renderData", gvc, g, p.text("plain"), address, length); code != 0 {
		panic(failure{fmt.Errorf("graphviz cannot write the graph: plain returns %d", int32(code))})
	}
	text := p.word(address)
	data, ok := p.module.Memory().Read(uint32(p.word(text)), uint32(p.word(text+4)))
	if !ok {
		panic(failure{fmt.Errorf("graphviz writes outside of its memory")})
	}
	return string(data)
}

// call calls a function of the module.
func (p *program) call(name string, args ...uint64) []uint64 {
	results, err := p.module.ExportedFunction(name).Call(p.ctx, args...)
	if err != nil {
		panic(failure{fmt.Errorf("graphviz: %s: %w", name, err)})
	}
	return results
}

// result calls a function of go-graphviz's, which writes its result to where its last
// argument points.
func (p *program) result(name string, args ...uint64) uint64 {
	to := p.space(8)
	p.call("wasm_bridge_"+name, append(args, to)...)
	return p.word(to)
}

// space returns the address of n bytes.
func (p *program) space(n uint64) uint64 { return p.call("malloc", n)[0] }

// text returns the address of a text that ends with a NUL.
func (p *program) text(s string) uint64 {
	at := p.space(uint64(len(s) + 1))
	if !p.module.Memory().Write(uint32(at), append([]byte(s), 0)) {
		panic(failure{fmt.Errorf("graphviz has no memory for %d bytes", len(s))})
	}
	return at
}

// word reads a pointer or a number.
func (p *program) word(at uint64) uint64 {
	v, ok := p.module.Memory().ReadUint32Le(uint32(at))
	if !ok {
		panic(failure{fmt.Errorf("graphviz reads outside of its memory")})
	}
	return uint64(v)
}
