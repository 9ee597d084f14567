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
	"strings"
	"syscall/js"
)

// Serve hands every request that this instance is given to the handler that
// start makes of the worker's bindings, with the first request. It does not
// return.
//
// A value that crosses over from JavaScript costs more than to parse it here, so
// each request comes as one text, and each answer leaves as one.
func Serve(start func(env js.Value) http.Handler) {
	var env, answer js.Value
	var handler http.Handler
	serve := js.FuncOf(func(_ js.Value, args []js.Value) any {
		in := args[0].String()
		var body []byte
		if len(args) > 1 {
			body = make([]byte, args[1].Length())
			js.CopyBytesToGo(body, args[1])
		}
		go func() {
			w := &response{header: http.Header{}}
			defer func() {
				if p := recover(); p != nil {
					slog.Error("panic", "panic", p, "stack", string(debug.Stack()))
					w = &response{header: http.Header{}}
					http.Error(w, "internal error", http.StatusInternalServerError)
				}
				w.send(answer)
			}()
			if handler == nil {
				handler = start(env)
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r, err := request(ctx, in, body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			handler.ServeHTTP(w, r)
		}()
		return nil
	})
	instance := js.Global().Get("dreyWorker")
	env, answer = instance.Get("env"), instance.Get("answer")
	instance.Set("serve", serve)
	select {}
}

// request makes a request of its body and the rest of it, which are lines: the
// method, the address, then a header's name and its value in turns. A header
// that came several times is one, joined by commas.
func request(ctx context.Context, in string, body []byte) (*http.Request, error) {
	method, in, _ := strings.Cut(in, "\n")
	address, in, _ := strings.Cut(in, "\n")
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	// As net/http's server has it: without scheme and host.
	r.RequestURI = r.URL.RequestURI()
	r.URL.Scheme, r.URL.Host = "", ""
	for in != "" {
		var name, value string
		name, in, _ = strings.Cut(in, "\n")
		value, in, _ = strings.Cut(in, "\n")
		r.Header.Add(name, value)
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

// oneLine keeps a header's value from becoming two headers, as net/http does.
var oneLine = strings.NewReplacer("\n", " ", "\r", " ")

var newBytes = js.Global().Get("Uint8Array")

// send calls what worker.mjs makes a Response in, with the status, the headers
// as lines, and the body where there is one.
func (w *response) send(answer js.Value) {
	w.WriteHeader(http.StatusOK)
	var headers strings.Builder
	for name, values := range w.sent {
		for _, value := range values {
			headers.WriteString(name)
			headers.WriteByte('\n')
			oneLine.WriteString(&headers, value)
			headers.WriteByte('\n')
		}
	}
	if w.body.Len() == 0 {
		answer.Invoke(w.status, headers.String())
		return
	}
	body := newBytes.New(w.body.Len())
	js.CopyBytesToJS(body, w.body.Bytes())
	answer.Invoke(w.status, headers.String(), body)
}
