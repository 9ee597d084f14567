//go:build js && wasm

package d1

import (
	"context"
	"strings"
	"sync"
	"syscall/js"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// host runs statements on a binding of D1.
//
// A value that comes from JavaScript costs about as much as reading a row. So
// what can be used again is kept, and a result comes as one text.
type host struct {
	binding js.Value
	// From JavaScript: what options and functions statements are run with.
	named, stringify, arrayOf js.Value

	mu       sync.Mutex
	prepared map[string]js.Value // by text, without arguments
	waits    []*wait             // that nobody uses
}

func newHost(binding js.Value) *host {
	return &host{
		binding:   binding,
		named:     js.ValueOf(map[string]any{"columnNames": true}),
		stringify: js.Global().Get("JSON").Get("stringify"),
		arrayOf:   js.Global().Get("Array").Get("of"),
	}
}

// run runs statements, all in one batch, or one of which it gives the rows, and returns
// D1's answer as JSON.
func (h *host) run(ctx context.Context, batch bool, list []bound) (string, error) {
	return h.await(ctx, func() js.Value {
		if !batch {
			return h.bind(list[0]).Call("raw", h.named)
		}
		statements := make([]any, len(list))
		for i, b := range list {
			statements[i] = h.bind(b)
		}
		return h.binding.Call("batch", h.arrayOf.Invoke(statements...))
	})
}

// bind gives a D1PreparedStatement with its arguments.
func (h *host) bind(b bound) js.Value {
	prepared := h.prepare(b.sql)
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
func (h *host) prepare(sql string) js.Value {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p, ok := h.prepared[sql]; ok {
		return p
	}
	if h.prepared == nil || len(h.prepared) == remote.MaxTexts {
		h.prepared = map[string]js.Value{}
	}
	p := h.binding.Call("prepare", sql)
	h.prepared[sql] = p
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
func (h *host) wait() *wait {
	h.mu.Lock()
	defer h.mu.Unlock()
	if last := len(h.waits) - 1; last >= 0 {
		w := h.waits[last]
		h.waits = h.waits[:last]
		return w
	}
	w := &wait{done: make(chan settled, 1)}
	w.then = js.FuncOf(func(_ js.Value, args []js.Value) any {
		h.settle(w, settled{json: h.stringify.Invoke(args[0]).String()})
		return nil
	})
	w.catch = js.FuncOf(func(_ js.Value, args []js.Value) any {
		h.settle(w, settled{err: errorOf(js.Global().Get("String").Invoke(args[0]).String())})
		return nil
	})
	return w
}

func (h *host) settle(w *wait, s settled) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if w.left {
		w.left, h.waits = false, append(h.waits, w)
		return
	}
	w.done <- s
}

// await waits for the promise that begin makes. If ctx ends first, the statement
// goes on where it is.
func (h *host) await(ctx context.Context, begin func() js.Value) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	w := h.wait()
	begin().Call("then", w.then, w.catch)
	select {
	case s := <-w.done:
		h.free(w)
		return s.json, s.err
	case <-ctx.Done():
		h.leave(w)
		return "", ctx.Err()
	}
}

func (h *host) free(w *wait) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waits = append(h.waits, w)
}

// leave gives up a wait. It is free once its promise has ended.
func (h *host) leave(w *wait) {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-w.done:
		h.waits = append(h.waits, w)
	default:
		w.left = true
	}
}
