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
	"sync"
	"syscall/js"
)

// Serve hands every request that this instance is given to the handler that
// start makes of the worker's bindings, with the first request. It hands
// triggers to the same handler if that is a [Scheduler]. It does not return.
//
// Each value that crosses over from JavaScript costs more than parsing it here,
// so each request comes as one text, and each answer leaves as one.
func Serve(start func(env js.Value) http.Handler) {
	requests := make(chan incoming, 1)
	instance := js.Global().Get("dreyWorker")
	instance.Set("serve", js.FuncOf(func(_ js.Value, args []js.Value) any {
		in := incoming{text: args[0].String()}
		if len(args) > 1 {
			in.body = make([]byte, args[1].Length())
			js.CopyBytesToGo(in.body, args[1])
		}
		requests <- in
		return nil
	}))
	instance.Set("scheduled", js.FuncOf(func(_ js.Value, args []js.Value) any {
		requests <- incoming{text: args[0].String(), scheduled: true}
		return nil
	}))
	env, answer := instance.Get("env"), instance.Get("answer")
	handler := sync.OnceValue(func() http.Handler { return start(env) })
	// One goroutine for all: the stack of a new one would have to grow each time.
	for in := range requests {
		in.serve(handler).send(answer)
	}
}

// A Scheduler is a handler that can do what a cron trigger asks for. The cron is
// the trigger's expression, as it stands in wrangler's configuration.
type Scheduler interface {
	Scheduled(ctx context.Context, cron string) error
}

// incoming is a request: its body and the rest of it, which are lines: the
// method, the address, then a header's name and its value in turns. A header
// that came several times is one, joined by commas. Or it is a trigger's cron.
type incoming struct {
	text      string
	body      []byte
	scheduled bool
}

func (in *incoming) serve(handler func() http.Handler) (w *response) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("panic", "panic", p, "stack", string(debug.Stack()))
			w = &response{header: http.Header{}}
			http.Error(w, "internal error", http.StatusInternalServerError)
		}
	}()
	w = &response{header: http.Header{}}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if in.scheduled {
		if err := scheduled(ctx, handler(), in.text); err != nil {
			slog.Error("trigger failed", "cron", in.text, "error", err)
			w.WriteHeader(http.StatusInternalServerError)
		}
		return w
	}
	r, err := in.request(ctx)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return w
	}
	handler().ServeHTTP(w, r)
	return w
}

func scheduled(ctx context.Context, handler http.Handler, cron string) error {
	s, ok := handler.(Scheduler)
	if !ok {
		return fmt.Errorf("the %T has nothing scheduled", handler)
	}
	return s.Scheduled(ctx, cron)
}

func (in *incoming) request(ctx context.Context) (*http.Request, error) {
	method, rest, _ := strings.Cut(in.text, "\n")
	address, rest, _ := strings.Cut(rest, "\n")
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(in.body))
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	// As net/http's server has it: without scheme and host.
	r.RequestURI = r.URL.RequestURI()
	r.URL.Scheme, r.URL.Host = "", ""
	for rest != "" {
		var name, value string
		name, rest, _ = strings.Cut(rest, "\n")
		value, rest, _ = strings.Cut(rest, "\n")
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
