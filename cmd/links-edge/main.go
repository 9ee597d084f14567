//go:build js && wasm

// Links-edge serves the link shortener of internal/links as a Cloudflare Worker
// on D1. "make edge" builds it, "make edge-run" serves it here.
package main

import (
	"net/http"
	"syscall/js"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/links"
	"github.com/dreysql/drey/internal/worker"
)

func main() {
	worker.Serve(func(env js.Value) http.Handler {
		options := links.Options{CountryHeader: "CF-IPCountry", AddressHeader: "CF-Connecting-IP"}
		// One for all instances: without it each counts visitors by its own.
		if secret := env.Get("VISITOR_SECRET"); secret.Type() == js.TypeString {
			options.VisitorSecret = []byte(secret.String())
		}
		return links.Handler(db.OpenD1(env.Get("DB")), options)
	})
}
