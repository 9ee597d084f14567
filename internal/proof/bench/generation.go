package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// generation measures "drey generate" beside "sqlc generate" alone, in turn, on
// the same project: without CRUD, so that both have the queries that the
// project was written with, and with it, so that both have those and the
// generated ones, ten for each table.
//
// sqlc is the one that the drey command carries. It reads the migrations and
// the queries and writes Go, nothing else. drey also applies the migrations to
// a database, verifies every query on it, writes the dynamic half and checks
// types.
func generation(ctx context.Context, w io.Writer, drey string, rounds int, sizes []int) error {
	fmt.Fprint(w, "## Generation\n\n| project | command | time | ratio | CPU time | peak memory | ratio |\n|---|---|--:|--:|--:|--:|--:|\n")
	for _, crud := range []bool{false, true} {
		for _, tables := range sizes {
			if err := generate(ctx, w, drey, rounds, tables, crud); err != nil {
				return err
			}
		}
	}
	fmt.Fprintln(w)
	return nil
}

func generate(ctx context.Context, w io.Writer, drey string, rounds, tables int, crud bool) error {
	dir, err := os.MkdirTemp("", "drey-scale-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := project(dir, tables, crud); err != nil {
		return err
	}
	commands := []struct {
		name string
		env  []string
	}{
		{"sqlc generate", []string{"DREY_RUN_SQLC=1"}}, // see sqlc.RunChild
		{"drey generate", nil},
	}
	if _, err := measure(ctx, dir, nil, drey, "generate"); err != nil { // writes sql/crud, for both
		return err
	}
	queries, err := count(dir)
	if err != nil {
		return err
	}
	samples := make([][]usage, len(commands))
	for range rounds {
		for i, c := range commands {
			if err := os.RemoveAll(filepath.Join(dir, "db")); err != nil {
				return err
			}
			u, err := measure(ctx, dir, c.env, drey, "generate")
			if err != nil {
				return err
			}
			samples[i] = append(samples[i], u)
		}
	}
	name := fmt.Sprintf("%d tables, %d migrations, %d queries", tables, tables/2, queries)
	base := middle(samples[0])
	for i, c := range commands {
		u := middle(samples[i])
		fmt.Fprintf(w, "| %s | %s | %.1f s | %.2f | %.1f s | %d MB | %.2f |\n", name, c.name,
			u.wall.Seconds(), u.wall.Seconds()/base.wall.Seconds(), u.cpu.Seconds(), u.peak>>20, float64(u.peak)/float64(base.peak))
		name = ""
	}
	return nil
}

// middle has the median of each figure.
func middle(samples []usage) usage {
	return usage{
		wall: median(samples, func(u usage) time.Duration { return u.wall }),
		cpu:  median(samples, func(u usage) time.Duration { return u.cpu }),
		peak: median(samples, func(u usage) int64 { return u.peak }),
	}
}
