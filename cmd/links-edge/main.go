//go:build js && wasm

// Links-edge serves the link shortener of internal/links as a Cloudflare Worker
// on D1. "make edge" builds it, "make edge-run" serves it here.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"syscall/js"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/links"
	"github.com/dreysql/drey/internal/worker"
)

func main() {
	worker.Serve(func(env js.Value) http.Handler {
		options := links.Options{
			CountryHeader: "CF-IPCountry",
			AddressHeader: "CF-Connecting-IP",
			Limiter:       newLimiter(env),
		}
		// One for all instances: without it each counts visitors by its own.
		if secret := env.Get("VISITOR_SECRET"); secret.Type() == js.TypeString {
			options.VisitorSecret = []byte(secret.String())
		}
		c := db.OpenD1(env.Get("DB"))
		return service{checked(c, links.Handler(c, options)), c}
	})
}

// service is what requests and the cron trigger come to.
type service struct {
	http.Handler
	db *db.Client
}

// Scheduled does what cmd/links does every minute.
func (s service) Scheduled(ctx context.Context, _ string) error {
	return links.SweepOnce(ctx, s.db, slog.Default())
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
