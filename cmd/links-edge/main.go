//go:build js && wasm

// Links-edge serves the link shortener of internal/service/links as a Cloudflare Worker
// on D1. "make edge" builds it, "make edge-run" serves it here.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"syscall/js"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/service/links"
	"github.com/dreysql/drey/internal/service/worker"
)

func main() {
	worker.Serve(func(env js.Value) http.Handler {
		c := db.OpenD1(env.Get("DB"))
		return service{checked(c, links.Handler(c, options(env))), c, env}
	}, rehearse)
}

func options(env js.Value) links.Options {
	return links.Options{
		CountryHeader: "CF-IPCountry",
		AddressHeader: "CF-Connecting-IP",
		Limiter:       newLimiter(env),
		// One for all instances: without it each counts visitors by its own.
		VisitorSecret: []byte(variable(env, "VISITOR_SECRET")),
	}
}

// rehearse follows a link that is not there, and lists links without a token that
// is: what most requests begin with.
func rehearse(env js.Value) {
	c, o := db.OpenD1(env.Get("DB")), options(env)
	o.Log = slog.New(slog.DiscardHandler)
	handler := links.Handler(c, o)
	_ = db.CheckD1(context.Background(), c) // its answer does not matter: the database is empty
	for _, target := range []string{"/link", "/api/links"} {
		worker.Rehearse(handler, target, http.Header{"Authorization": {"Bearer token"}})
	}
}

// variable returns a variable or a secret of the worker's, or "".
func variable(env js.Value, name string) string {
	v := env.Get(name)
	if v.IsUndefined() {
		return ""
	}
	return js.Global().Get("String").Invoke(v).String() // a number may be one in wrangler.jsonc
}

// service is what requests and the cron trigger come to.
type service struct {
	http.Handler
	db  *db.Client
	env js.Value
}

// Scheduled does what cmd/links does every minute, in smaller portions. If the
// variables are wrong it fails, having done the rest.
func (s service) Scheduled(ctx context.Context, _ string) error {
	sweeper := links.Sweeper{DB: s.db}
	var wrong error
	if kept, err := links.ParseDays(variable(s.env, "CLICKS_KEPT")); err != nil {
		wrong = fmt.Errorf("CLICKS_KEPT: %w", err)
	} else if kept > 0 {
		swept := variable(s.env, "CLICKS_SWEPT")
		if n, err := strconv.ParseInt(swept, 10, 64); err != nil || n < 1 {
			wrong = fmt.Errorf("CLICKS_SWEPT: how many clicks are deleted at most is a number from 1, not %q", swept)
		} else {
			sweeper.ClicksKept, sweeper.MostClicks = kept, n
		}
	}
	return errors.Join(wrong, sweeper.Once(ctx))
}

// checked lets requests through when the database has the schema that the code
// is for, which takes an instance one round trip.
func checked(c *db.Client, next http.Handler) http.Handler {
	ok := false // one request at a time
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ok {
			if err := db.CheckD1(r.Context(), c); err != nil {
				slog.ErrorContext(r.Context(), "database not usable", "error", err)
				http.Error(w, "the database is not ready", http.StatusServiceUnavailable)
				return
			}
			ok = true
		}
		next.ServeHTTP(w, r)
	})
}
