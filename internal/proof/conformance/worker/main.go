//go:build js && wasm

// Worker answers a request with the outcomes of package conformance on D1, at /session in a
// session of it, and at /odd with those of package odd. At the path of package bridge it
// makes the calls of a test.
package main

import (
	"encoding/json"
	"net/http"
	"syscall/js"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/proof/conformance"
	"github.com/dreysql/drey/internal/proof/conformance/bridge"
	"github.com/dreysql/drey/internal/proof/conformance/odd"
	"github.com/dreysql/drey/internal/proof/conformance/odd/odddb"
	"github.com/dreysql/drey/internal/runtime/d1"
	"github.com/dreysql/drey/internal/service/worker"
)

func main() {
	worker.Serve(func(env js.Value) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			binding := env.Get("DB")
			if r.URL.Path == "/session" {
				binding = binding.Call("withSession", "first-primary")
			}
			if r.URL.Path == bridge.Path {
				bridge.Serve(w, r, d1.NewConnector(binding))
				return
			}
			if r.URL.Path == "/odd" {
				c := odddb.OpenD1(binding)
				defer c.Close()
				if err := json.NewEncoder(w).Encode(odd.Run(r.Context(), c)); err != nil {
					http.Error(w, err.Error(), http.StatusInternalServerError)
				}
				return
			}
			c := db.OpenD1(binding)
			defer c.Close()
			if err := json.NewEncoder(w).Encode(conformance.Run(r.Context(), c)); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	}, nil)
}
