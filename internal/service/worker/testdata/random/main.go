//go:build js && wasm

// Random is a worker that draws a secret when it starts, which there cannot be before the
// first request.
package main

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"syscall/js"

	"github.com/dreysql/drey/internal/service/worker"
)

var (
	secret    = rand.Text()
	rehearsed bool
)

func main() {
	worker.Serve(func(js.Value) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, secret, " ", rehearsed) })
	}, func(js.Value) { rehearsed = true })
}
