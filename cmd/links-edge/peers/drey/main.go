//go:build js && wasm

// Drey is the worker of TestLoad that answers the three requests with internal/db.
package main

import (
	"net/http"
	"syscall/js"

	"github.com/dreysql/drey/cmd/links-edge/peers/requests"
	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/service/worker"
)

func main() {
	handler := func(env js.Value) http.Handler { return requests.Handler(db.OpenD1(env.Get("DB"))) }
	worker.Serve(handler, func(env js.Value) {
		for _, target := range []string{"/link", "/list", "/stats"} {
			worker.Rehearse(handler(env), target, nil)
		}
	})
}
