package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// generation measures "drey generate" beside the same "sqlc generate" alone,
// which the drey command carries: each in a process of its own, in turn. sqlc
// reads the migrations and all query files, those of sql/crud included, and
// does nothing else; drey also applies the migrations, writes sql/crud,
// verifies every query, generates the dynamic half and checks types.
func generation(ctx context.Context, w io.Writer, drey string) error {
	fmt.Fprintln(w, "## Generation\n\n| project | command | time | ratio | peak memory |\n|---|---|--:|--:|--:|")
	for _, tables := range []int{200, 400} {
		if err := generate(ctx, w, drey, tables); err != nil {
			return err
		}
	}
	fmt.Fprintln(w)
	return nil
}

const generationRounds = 3

func generate(ctx context.Context, w io.Writer, drey string, tables int) error {
	dir, err := os.MkdirTemp("", "drey-scale-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := project(dir, tables); err != nil {
		return err
	}
	commands := []struct {
		name string
		env  string
	}{{"sqlc generate", "DREY_RUN_SQLC=1"}, {"drey generate", "DREY=1"}}
	if _, err := measure(ctx, drey, dir, commands[1].env); err != nil { // writes sql/crud, for both
		return err
	}
	samples := make([][]usage, len(commands))
	for range generationRounds {
		for i, c := range commands {
			if err := os.RemoveAll(filepath.Join(dir, "db")); err != nil {
				return err
			}
			u, err := measure(ctx, drey, dir, c.env)
			if err != nil {
				return err
			}
			samples[i] = append(samples[i], u)
		}
	}
	name := fmt.Sprintf("%d tables, %d migrations, %d queries", tables, tables/2, 5*tables)
	base := middle(samples[0])
	for i, c := range commands {
		u := middle(samples[i])
		fmt.Fprintf(w, "| %s | %s | %.2f s | %.2f | %d MB |\n", name, c.name, u.wall.Seconds(), u.wall.Seconds()/base.wall.Seconds(), u.peak>>20)
		name = ""
	}
	return nil
}

// usage is what a process and those it started took.
type usage struct {
	wall time.Duration
	peak int64 // bytes, of the largest of them
}

func middle(s []usage) usage {
	slices.SortFunc(s, func(a, b usage) int { return int(a.wall - b.wall) })
	return s[len(s)/2]
}

func measure(ctx context.Context, command, dir, env string) (usage, error) {
	cmd := exec.CommandContext(ctx, command, "generate")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return usage{}, fmt.Errorf("%s generate: %w\n%s", command, err, out.Bytes())
	}
	u := usage{wall: time.Since(start)}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.peak = r.Maxrss << 10 // kilobytes, on Linux
	}
	return u, nil
}
