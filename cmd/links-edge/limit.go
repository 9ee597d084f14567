//go:build js && wasm

package main

import (
	"context"
	"errors"
	"log/slog"
	"syscall/js"
	"time"

	"github.com/dreysql/drey/internal/service/links"
)

// bindings are those of wrangler.jsonc that count requests, with their periods,
// which they do not tell.
var bindings = map[links.Kind]struct {
	name   string
	period time.Duration
}{
	links.Registering: {"REGISTER_LIMIT", time.Minute},
	links.Calling:     {"CALL_LIMIT", 10 * time.Second},
	links.Following:   {"FOLLOW_LIMIT", 10 * time.Second},
}

// limiter counts what all instances of a Cloudflare location serve, by the rate
// limiting bindings. Without one, each instance counts by itself,
// see
// https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/.
type limiter struct {
	bound  map[links.Kind]js.Value
	alone  links.Limiter
	asking js.Value // what a binding is asked with
	// For the promise that a binding gives. An instance serves one request at a
	// time, so there is one.
	then, catch js.Func
	counted     chan counted
}

// counted is a binding's answer.
type counted struct {
	passes bool
	err    error
}

func newLimiter(env js.Value) *limiter {
	l := &limiter{
		bound:   map[links.Kind]js.Value{},
		alone:   links.NewLimiter(links.DefaultRates),
		asking:  js.ValueOf(map[string]any{}),
		counted: make(chan counted, 1),
	}
	for kind, b := range bindings {
		if binding := env.Get(b.name); binding.Type() == js.TypeObject {
			l.bound[kind] = binding
		}
	}
	l.then = js.FuncOf(func(_ js.Value, args []js.Value) any {
		l.counted <- counted{passes: args[0].Get("success").Bool()}
		return nil
	})
	l.catch = js.FuncOf(func(_ js.Value, args []js.Value) any {
		l.counted <- counted{err: errors.New(js.Global().Get("String").Invoke(args[0]).String())}
		return nil
	})
	return l
}

// Take makes a client that is refused wait for a whole period, after which
// every request counts anew: a binding does not tell when the period began. If
// a binding fails, the instance counts by itself.
func (l *limiter) Take(ctx context.Context, kind links.Kind, client string) time.Duration {
	binding, ok := l.bound[kind]
	if !ok {
		return l.alone.Take(ctx, kind, client)
	}
	l.asking.Set("key", client)
	binding.Call("limit", l.asking).Call("then", l.then, l.catch)
	switch c := <-l.counted; {
	case c.err != nil:
		slog.ErrorContext(ctx, "request not counted by its binding", "binding", bindings[kind].name, "error", c.err)
		return l.alone.Take(ctx, kind, client)
	case !c.passes:
		return bindings[kind].period
	}
	return 0
}
