// Bundle builds the worker of this repository, with the files that it gets as arguments,
// into a folder:
//
//	go run ./cmd/links-edge/bundle ./cmd/links-edge cmd/links-edge/build cmd/links-edge/worker.mjs
package main

import (
	"context"
	"log"
	"os"

	"github.com/dreysql/drey/internal/service/worker/bundle"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: bundle PROGRAM FOLDER [FILE…]")
	}
	if err := bundle.Build(context.Background(), os.Args[1], os.Args[2], os.Args[3:]...); err != nil {
		log.Fatal(err)
	}
}
