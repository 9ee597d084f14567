//go:build js && wasm

// Worker answers every request with the outcomes of package conformance on D1.
package main

import (
	"encoding/json"
	"net/http"
	"syscall/js"

	"github.com/dreysql/drey/internal/conformance"
	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/worker"
)

func main() {
	worker.Serve(func(env js.Value) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := db.OpenD1(env.Get("DB"))
			defer c.Close()
			if err := json.NewEncoder(w).Encode(conformance.Run(r.Context(), c)); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	})
}
