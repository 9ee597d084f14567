// Bench measures drey beside what it is compared with, in one run: the dynamic
// half against hand-written code and squirrel, generation against sqlc. It
// prints a table of medians and ratios, and writes it to a file.
//
//	go run . -drey ../../bin/drey
//
// The variants of a case take turns, so that a machine whose speed changes
// changes it for all of them. Times of one run are comparable with each other,
// not with those of another.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
)

func main() {
	drey := flag.String("drey", "", "the drey command; generation is measured if it is given")
	out := flag.String("out", "", "a file for the tables, in Markdown")
	rounds := flag.Int("rounds", 11, "rounds of each case")
	flag.Parse()
	log.SetFlags(0)
	if err := run(*drey, *out, *rounds); err != nil {
		log.Fatalf("bench: %v", err)
	}
}

func run(drey, out string, rounds int) (err error) {
	ctx := context.Background()
	var w io.Writer = os.Stdout
	if out != "" {
		f, err := os.Create(out)
		if err != nil {
			return err
		}
		defer f.Close()
		w = io.MultiWriter(os.Stdout, f)
	}
	fmt.Fprintf(w, "# Benchmarks\n\nmake bench wrote this. %s %s/%s, %d processors. Medians of %d rounds in which the variants take turns;\na ratio compares with the variant marked 1.00 of the same case.\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), rounds)
	if err := queries(ctx, w, rounds); err != nil {
		return err
	}
	if drey == "" {
		return nil
	}
	return generation(ctx, w, drey)
}
