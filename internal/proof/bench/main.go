// Bench measures drey beside what it is compared with, in one run: the dynamic
// half against hand-written code and other builders and mappers, generation
// against sqlc, lint against go vet. It prints tables, and writes them to a file if it is given one.
//
//	go run . -drey ../../../bin/drey -out RESULTS.md
//
// The variants of a case take turns, so that a machine whose speed changes
// changes it for all of them, and what counts is their ratios. Times of one run
// say nothing about those of another.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

func main() {
	drey := flag.String("drey", "", "the drey command; generation and lint are measured if it is given")
	out := flag.String("out", "", "a file for the tables, in Markdown")
	rounds := flag.Int("rounds", 21, "rounds of each case; generation has no more than 3, lint 5")
	match := flag.String("run", "", "a regular expression that the names of the cases match; generation and lint are two")
	scale := flag.String("scale", "200,400", "the numbers of tables of the projects to generate")
	flag.Parse()
	log.SetFlags(0)
	log.SetPrefix("bench: ")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *drey, *out, *rounds, *scale, *match); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, drey, out string, rounds int, scale, match string) error {
	var sizes []int
	for _, s := range strings.Split(scale, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 2 {
			return fmt.Errorf("-scale: %q is not a number of tables", s)
		}
		sizes = append(sizes, n)
	}
	if rounds < 1 {
		return fmt.Errorf("-rounds: %d is too few", rounds)
	}
	wanted, err := regexp.Compile(match)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	var written bytes.Buffer
	w := io.MultiWriter(os.Stdout, &written)
	fmt.Fprintf(w, head, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if err := queries(ctx, w, rounds, wanted); err != nil {
		return err
	}
	if err := relations(ctx, w, rounds, wanted); err != nil {
		return err
	}
	if err := trees(ctx, w, rounds, wanted); err != nil {
		return err
	}
	if err := analytics(ctx, w, rounds, wanted); err != nil {
		return err
	}
	if err := concurrent(ctx, w, min(rounds, 5), wanted); err != nil {
		return err
	}
	if drey != "" && wanted.MatchString("generation") {
		if err := generation(ctx, w, drey, min(rounds, 3), sizes); err != nil {
			return err
		}
	}
	if drey != "" && wanted.MatchString("lint") {
		if err := lint(ctx, w, drey, min(rounds, 5)); err != nil {
			return err
		}
	}
	if out == "" {
		return nil
	}
	return os.WriteFile(out, written.Bytes(), 0o644)
}

const head = `# Benchmarks

Written by make bench: %s, %s/%s, %d processors. Figures are medians of rounds
in which the variants of a case take turns. A ratio is to the first variant of
its case.

`
