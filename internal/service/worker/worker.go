//go:build js && wasm

package worker

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"syscall/js"
	"unsafe"
)

// Serve hands every request that this instance is given to the handler that
// start makes of the worker's bindings, with the first request. It hands
// triggers to the same handler if that is a [Scheduler]. It does not return.
//
// Before the first request, rehearse is called with bindings that have nothing,
// unless it is nil. It should do what most requests do, since code is compiled when it
// first runs, and must not keep anything of those bindings.
func Serve(start func(env js.Value) http.Handler, rehearse func(env js.Value)) {
	instance := js.Global().Get("dreyWorker")
	handler := sync.OnceValue(func() http.Handler { return start(instance.Get("env")) })
	// One goroutine for all: the stack of a new one would have to grow each time.
	for in := range asks {
		w := &response{header: http.Header{}}
		switch {
		case in.kind != rehearsal:
			in.serve(w, handler)
		case rehearse != nil:
			rehearse(instance.Get("env"))
		}
		w.send()
	}
}

// Rehearse has a handler answer a GET of nobody's, for what [Serve] is given.
func Rehearse(handler http.Handler, target string, header http.Header) {
	w := &response{header: http.Header{}}
	in := incoming{text: []byte("GET\nhttp://localhost" + target + "\n")}
	in.serve(w, func() http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			maps.Copy(r.Header, header)
			handler.ServeHTTP(w, r)
		})
	})
}

// Each value that crosses over from JavaScript by syscall/js costs more than parsing
// it here. So a request comes as bytes that are copied into this memory, and an
// answer leaves by its address.

//go:wasmimport drey asked
func copyAsked(to unsafe.Pointer)

//go:wasmimport drey body
func copyBody(to unsafe.Pointer)

//go:wasmimport drey answer
func answer(status int32, headers string, body unsafe.Pointer, bodyLength int32)

// asks has room for what an instance serves at a time.
var asks = make(chan incoming, 1)

// ask notes what worker.mjs has for this instance. It must not wait.
//
//go:wasmexport drey_ask
func ask(kind kind, textLength, bodyLength int32) {
	asks <- incoming{kind: kind, text: copied(textLength, copyAsked), body: copied(bodyLength, copyBody)}
}

func copied(length int32, copyTo func(unsafe.Pointer)) []byte {
	b := make([]byte, length)
	if length > 0 {
		copyTo(unsafe.Pointer(&b[0]))
	}
	return b
}

// kind is what worker.mjs asks for.
type kind int32

const (
	request kind = iota
	trigger
	rehearsal
)

// A Scheduler is a handler that can do what a cron trigger asks for. The cron is
// the trigger's expression, as it stands in wrangler's configuration.
type Scheduler interface {
	Scheduled(ctx context.Context, cron string) error
}

// incoming is a request: its body and the rest of it, which are lines: the
// method, the address, then a header's name and its value in turns. A header
// that came several times is one, joined by commas. Or it is a trigger, whose
// text is its cron.
type incoming struct {
	kind kind
	text []byte
	body []byte
}

func (in *incoming) serve(w *response, handler func() http.Handler) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("panic", "panic", p, "stack", string(debug.Stack()))
			*w = response{header: http.Header{}}
			http.Error(w, "internal error", http.StatusInternalServerError)
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if in.kind == trigger {
		cron := string(in.text)
		if err := scheduled(ctx, handler(), cron); err != nil {
			slog.Error("trigger failed", "cron", cron, "error", err)
			w.WriteHeader(http.StatusInternalServerError)
		}
		return
	}
	r, err := in.request(ctx)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	handler().ServeHTTP(w, r)
}

func scheduled(ctx context.Context, handler http.Handler, cron string) error {
	s, ok := handler.(Scheduler)
	if !ok {
		return fmt.Errorf("the %T has nothing scheduled", handler)
	}
	return s.Scheduled(ctx, cron)
}

func (in *incoming) request(ctx context.Context) (*http.Request, error) {
	method, rest, _ := strings.Cut(string(in.text), "\n")
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

// send gives worker.mjs what it makes a Response of: the status, the headers as
// lines, and the body.
func (w *response) send() {
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
	body := w.body.Bytes()
	answer(int32(w.status), headers.String(), unsafe.Pointer(unsafe.SliceData(body)), int32(len(body)))
}
