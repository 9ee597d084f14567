package typecheck

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Project is what the go command knows of a module. One goroutine at a time may call its
// methods.
type Project struct {
	dir    string                 // of go.mod, "" without a module
	module string                 // its path
	file   string                 // what stands in for its go.mod, or ""
	temp   func() (string, error) // a folder of its own
	mod    func() (string, error) // a go.mod in it
	early  func() (*exports, error)
	cancel context.CancelFunc // of early
	found  *exports

	fset     *token.FileSet
	loading  sync.Mutex     // compiled
	compiled types.Importer // of export data
	sources  []Source
	imported func() []string // by sources

	mu      sync.Mutex                         // what packages have in common, while they are checked side by side
	checked map[bool]map[string]*types.Package // sources, by whether they are for the host
}

// Source is a package that is to be written as well, and that others import. Its own
// imports are in emission order: a source imports those before it alone.
type Source struct {
	Path, Dir string
	Files     map[string][]byte // by name
}

// GoError is a go command that failed as a whole, so that it would fail in the
// same way to build anything.
type GoError struct{ Said string }

func (e *GoError) Error() string { return e.Said }

// errNoGo says that the go command was not found.
var errNoGo = errors.New("there is no go command")

// New returns the project in the folder of a go.mod, and the path of its module.
// Both are "" without a go.mod. In the background it begins to look for the
// export data of packages that will be imported, and has the go command build
// what it does not have yet. If modfile is not "", that file stands in for the go.mod, as
// the go command's flag of that name has it.
func New(ctx context.Context, dir, module, modfile string, imports []string, sources []Source) *Project {
	p := &Project{dir: dir, module: module, file: modfile, sources: sources, fset: token.NewFileSet(), checked: map[bool]map[string]*types.Package{}}
	p.temp = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "drey-check-*") })
	p.mod = sync.OnceValues(p.copyModule)
	p.imported = sync.OnceValue(p.importedBySources)
	ctx, p.cancel = context.WithCancel(ctx)
	p.early = sync.OnceValues(func() (*exports, error) { return p.export(ctx, imports) })
	go func() { _, _ = p.early() }() // exportData has the error
	return p
}

// Close ends what goes on in the background and removes the project's temporary
// files.
func (p *Project) Close() {
	p.cancel()
	_, _ = p.early()
	dir, err := p.temp()
	if err != nil {
		return
	}
	// A compiler outlives the go command that was stopped, and may add its output to a
	// folder that is being removed; it does not make folders.
	for range 10 {
		if os.RemoveAll(dir) == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// owns reports whether an import path is one of the module's own.
func (p *Project) owns(path string) bool {
	return p.module != "" && (path == p.module || strings.HasPrefix(path, p.module+"/"))
}

func (p *Project) env(name string) string { return os.Getenv(name) }

// updates reports whether the go command may write go.mod. It is given another.
func (p *Project) updates() bool { return strings.Contains(p.env("GOFLAGS"), "-mod=mod") }

func (p *Project) arch() string { return cmp.Or(p.env("GOARCH"), runtime.GOARCH) }

// run runs the go command in the module's folder, with the flags and the
// environment that its user has.
func (p *Project) run(ctx context.Context, args ...string) (out []byte, said string, err error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	temp, err := p.temp()
	if err != nil {
		return nil, "", fmt.Errorf("check types: %w", err)
	}
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), "GOTMPDIR="+temp) // what it leaves there when it is stopped goes
	switch {
	case p.dir == "":
		cmd.Dir = os.TempDir()
		cmd.Env = append(cmd.Env, "GO111MODULE=off", "GOFLAGS=", "GOWORK=off")
	case p.file != "": // a vendor folder is that of the go.mod
		cmd.Args = slices.Insert(cmd.Args, 2, "-mod=mod", "-modfile="+p.file)
		cmd.Env = append(cmd.Env, "GOWORK=off")
	case p.updates():
		file, err := p.mod()
		if err != nil {
			return nil, "", err
		}
		cmd.Args = slices.Insert(cmd.Args, 2, "-modfile="+file)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err = cmd.Output()
	switch {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return nil, "", errNoGo
	case cmd.ProcessState == nil && err != nil:
		return nil, "", fmt.Errorf("run the go command: %w", err)
	}
	return out, strings.TrimSpace(downloading.ReplaceAllString(errs.String(), "")), err
}

// downloading is what the go command says of its progress.
var downloading = regexp.MustCompile(`(?m)^go: (?:downloading|finding) .*\n`)

// copyModule puts go.mod and go.sum where they may be changed.
func (p *Project) copyModule() (string, error) {
	dir, err := p.temp()
	if err != nil {
		return "", fmt.Errorf("check types: %w", err)
	}
	for _, name := range []string{"go.sum", "go.mod"} {
		content, err := os.ReadFile(filepath.Join(p.dir, name))
		if err != nil && name == "go.sum" {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("check types: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return "", fmt.Errorf("check types: %w", err)
		}
	}
	return filepath.Join(dir, "go.mod"), nil
}

// pattern is the package as the go command is given it.
func (p *Project) pattern(pkg *Package) string {
	rel, err := filepath.Rel(p.dir, pkg.Dir)
	if err != nil {
		return pkg.Dir
	}
	return "./" + filepath.ToSlash(rel)
}

// overlay shows the go command the files that are to be written, as far as they
// are not there yet.
func (p *Project) overlay(packages ...*Package) ([]string, error) {
	replace := map[string]string{}
	dir, err := p.temp()
	if err != nil {
		return nil, fmt.Errorf("check types: %w", err)
	}
	all := map[string][]byte{}
	sources := slices.Clone(p.sources)
	for _, pkg := range packages {
		sources = append(sources, Source{Dir: pkg.Dir, Files: pkg.Files})
	}
	for _, s := range sources {
		for name, content := range s.Files {
			all[filepath.Join(s.Dir, name)] = content
		}
	}
	for file, content := range all {
		if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, content) {
			continue
		}
		temp := filepath.Join(dir, strconv.Itoa(len(replace))+".go")
		if err := os.WriteFile(temp, content, 0o644); err != nil {
			return nil, fmt.Errorf("check types: %w", err)
		}
		replace[file] = temp
	}
	for _, pkg := range packages {
		for _, name := range pkg.Stale {
			replace[filepath.Join(pkg.Dir, name)] = ""
		}
	}
	if len(replace) == 0 {
		return nil, nil
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, fmt.Errorf("check types: %w", err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return nil, fmt.Errorf("check types: %w", err)
	}
	return []string{"-overlay=" + file}, nil
}

func decode(out []byte) (packages []listed, err error) {
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var d listed
		switch err := dec.Decode(&d); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("read what go list says: %w", err)
		}
		packages = append(packages, d)
	}
}

// vet asks go vet, which is slow, about a project whose Go is newer than the one
// that this command was built with.
func (p *Project) vet(ctx context.Context, pkg *Package) ([]Failure, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	overlay, err := p.overlay(pkg)
	if err != nil {
		return nil, err
	}
	// One analyzer, and one that finds little: the types are what is asked for.
	_, said, err := p.run(ctx, append(append([]string{"vet", "-framepointer"}, overlay...), p.pattern(pkg))...)
	if err == nil {
		return nil, nil
	}
	var failures []Failure
	for line := range strings.Lines(said) {
		if m := vetLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			f := Failure{Pos: position(m[1]), Msg: m[2]}
			if !filepath.IsAbs(f.Pos.Filename) {
				f.Pos.Filename = filepath.Join(p.dir, f.Pos.Filename)
			}
			failures = append(failures, f)
		}
	}
	if len(failures) == 0 {
		return nil, &GoError{said}
	}
	return trim(failures), nil
}

var vetLine = regexp.MustCompile(`^(?:vet: )?(.+\.go:\d+(?::\d+)?): (.*)$`)

func importPath(spec *ast.ImportSpec) string {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil { // the parser has looked
		return spec.Path.Value
	}
	return path
}
