//go:build js && wasm

package worker

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"syscall/js"
)

// Serve hands every request that this instance is given to the handler that
// start makes of the worker's bindings, with the first request. It does not
// return.
func Serve(start func(env js.Value) http.Handler) {
	var handler http.Handler
	serve := js.FuncOf(func(_ js.Value, args []js.Value) any {
		env, in, answer := args[0], args[1], args[2]
		go func() {
			w := &response{header: http.Header{}}
			defer func() {
				if p := recover(); p != nil {
					slog.Error("panic", "panic", p, "stack", string(debug.Stack()))
					w = &response{header: http.Header{}}
					http.Error(w, "internal error", http.StatusInternalServerError)
				}
				answer.Invoke(w.toJS())
			}()
			if handler == nil {
				handler = start(env)
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r, err := request(ctx, in)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			handler.ServeHTTP(w, r)
		}()
		return nil
	})
	js.Global().Get("dreyWorker").Invoke(serve)
	select {}
}

// request makes a request of what worker.mjs gives: method, url, headers as
// pairs, and body. A header that came several times is one, joined by commas.
func request(ctx context.Context, in js.Value) (*http.Request, error) {
	body := make([]byte, in.Get("body").Length())
	js.CopyBytesToGo(body, in.Get("body"))
	r, err := http.NewRequestWithContext(ctx, in.Get("method").String(), in.Get("url").String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	// As net/http's server has it: without scheme and host.
	r.RequestURI = r.URL.RequestURI()
	r.URL.Scheme, r.URL.Host = "", ""
	headers := in.Get("headers")
	for i := range headers.Length() {
		pair := headers.Index(i)
		r.Header.Add(pair.Index(0).String(), pair.Index(1).String())
	}
	// Cloudflare tells where a request comes from in a header that no visitor
	// can set.
	r.RemoteAddr = net.JoinHostPort(r.Header.Get("CF-Connecting-IP"), "0")
	return r, nil
}

// response is an answer while it is written. All of it goes out at once.
type response struct {
	header http.Header
	sent   http.Header // as it was when the status was written
	status int
	body   bytes.Buffer
}

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *response) Write(p []byte) (int, error) {
	if w.status == 0 {
		if w.header.Get("Content-Type") == "" {
			w.header.Set("Content-Type", http.DetectContentType(p))
		}
		w.WriteHeader(http.StatusOK)
	}
	return w.body.Write(p)
}

// toJS gives what worker.mjs makes a Response of.
func (w *response) toJS() js.Value {
	w.WriteHeader(http.StatusOK)
	out := js.Global().Get("Object").New()
	out.Set("status", w.status)
	headers := js.Global().Get("Array").New()
	for name, values := range w.sent {
		for _, value := range values {
			headers.Call("push", js.ValueOf([]any{name, value}))
		}
	}
	out.Set("headers", headers)
	body := js.Global().Get("Uint8Array").New(w.body.Len())
	js.CopyBytesToJS(body, w.body.Bytes())
	out.Set("body", body)
	return out
}
