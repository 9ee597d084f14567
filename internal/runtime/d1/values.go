//go:build js && wasm

package d1

import (
	"context"
	"strings"
	"sync"
	"syscall/js"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// values is the host by syscall/js, for any JavaScript that starts the program.
//
// A value that comes from JavaScript costs about as much as reading a row. So
// what can be used again is kept, and a result comes as one text.
type values struct {
	binding js.Value
	// From JavaScript: what options and functions statements are run with.
	named, stringify, arrayOf js.Value

	mu       sync.Mutex
	prepared map[string]js.Value // by text, without arguments
	waits    []*wait             // that nobody uses
}

func newValues(binding js.Value) *values {
	return &values{
		binding:   binding,
		named:     js.ValueOf(map[string]any{"columnNames": true}),
		stringify: js.Global().Get("JSON").Get("stringify"),
		arrayOf:   js.Global().Get("Array").Get("of"),
	}
}

func (v *values) run(ctx context.Context, batch bool, list []bound) (string, error) {
	return v.await(ctx, func() js.Value {
		if !batch {
			return v.bind(list[0]).Call("raw", v.named)
		}
		statements := make([]any, len(list))
		for i, b := range list {
			statements[i] = v.bind(b)
		}
		return v.binding.Call("batch", v.arrayOf.Invoke(statements...))
	})
}

// bind gives a D1PreparedStatement with its arguments.
func (v *values) bind(b bound) js.Value {
	prepared := v.prepare(b.sql)
	if len(b.args) == 0 {
		return prepared
	}
	args := make([]any, len(b.args))
	for i, arg := range b.args {
		args[i] = toJS(arg)
	}
	return prepared.Call("bind", args...) // a new one
}

// prepare gives the D1PreparedStatement of a text.
func (v *values) prepare(sql string) js.Value {
	v.mu.Lock()
	defer v.mu.Unlock()
	if p, ok := v.prepared[sql]; ok {
		return p
	}
	if v.prepared == nil || len(v.prepared) == remote.MaxTexts {
		v.prepared = map[string]js.Value{}
	}
	p := v.binding.Call("prepare", sql)
	v.prepared[sql] = p
	return p
}

// toJS copies a value that [argument] gave.
func toJS(v any) any {
	switch v := v.(type) {
	case string:
		// Decoding UTF-8 takes a leading byte order mark away.
		if strings.HasPrefix(v, "\ufeff") {
			slice := js.Global().Get("String").Get("prototype").Get("slice")
			return slice.Call("call", "."+v, 1)
		}
	case []byte:
		array := js.Global().Get("Uint8Array").New(len(v))
		js.CopyBytesToJS(array, v)
		return array
	}
	return v
}

// wait is for one promise after another: to make a function for JavaScript
// costs more than to call it.
type wait struct {
	then, catch js.Func
	done        chan settled // has room for one
	left        bool         // nobody reads done
}

// settled is how a promise has ended.
type settled struct {
	json string
	err  error
}

// wait takes one that nobody uses.
func (v *values) wait() *wait {
	v.mu.Lock()
	defer v.mu.Unlock()
	if last := len(v.waits) - 1; last >= 0 {
		w := v.waits[last]
		v.waits = v.waits[:last]
		return w
	}
	w := &wait{done: make(chan settled, 1)}
	w.then = js.FuncOf(func(_ js.Value, args []js.Value) any {
		v.settle(w, settled{json: v.stringify.Invoke(args[0]).String()})
		return nil
	})
	w.catch = js.FuncOf(func(_ js.Value, args []js.Value) any {
		v.settle(w, settled{err: errorOf(js.Global().Get("String").Invoke(args[0]).String())})
		return nil
	})
	return w
}

func (v *values) settle(w *wait, s settled) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if w.left {
		w.left, v.waits = false, append(v.waits, w)
		return
	}
	w.done <- s
}

// await waits for the promise that begin makes. If ctx ends first, the statement
// goes on where it is.
func (v *values) await(ctx context.Context, begin func() js.Value) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	w := v.wait()
	begin().Call("then", w.then, w.catch)
	select {
	case s := <-w.done:
		v.free(w)
		return s.json, s.err
	case <-ctx.Done():
		v.leave(w)
		return "", ctx.Err()
	}
}

func (v *values) free(w *wait) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.waits = append(v.waits, w)
}

// leave gives up a wait. It is free once its promise has ended.
func (v *values) leave(w *wait) {
	v.mu.Lock()
	defer v.mu.Unlock()
	select {
	case <-w.done:
		v.waits = append(v.waits, w)
	default:
		w.left = true
	}
}
