package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The module that is linted: packages that import those before them, with SQL in
// every tenth.
const lintLines = 1010 // of each package

// lintPackages is how many there are. A test has fewer.
var lintPackages = 500

// lint measures "drey lint" beside "go vet" alone, on the same module and each
// with a copy of the same build cache, in which everything is built and nothing
// has been vetted: a first run, which there is only one of, further ones, and ones
// after a change of one package, in turn.
func lint(ctx context.Context, w io.Writer, drey string, rounds int) error {
	dir, err := os.MkdirTemp("", "drey-lint-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	module := filepath.Join(dir, "module")
	lines, err := lintModule(module)
	if err != nil {
		return err
	}
	built := filepath.Join(dir, "built")
	flags := "GOFLAGS=-mod=mod"
	if _, err := measure(ctx, module, []string{"GOCACHE=" + built, flags}, "go", "build", "./..."); err != nil {
		return err
	}
	fmt.Fprintf(w, "## Lint\n\nA module of %d lines in %d packages.\n\n| run | command | time | ratio | CPU time | ratio |\n|---|---|--:|--:|--:|--:|\n", lines, lintPackages)
	commands := [][]string{{"go", "vet", "./..."}, {drey, "lint", "./..."}}
	names := []string{"go vet", "drey lint"}
	edited := filepath.Join(module, fmt.Sprintf("p%d", lintPackages/2), "edited.go")
	for i, run := range []string{"first", "second", "one package changed"} {
		samples := make([][]usage, len(commands))
		times := rounds
		if i == 0 {
			times = 1
		}
		for round := range times {
			if i == 2 {
				if err := os.WriteFile(edited, fmt.Appendf(nil, "package p%d\n\nvar Edited = %d\n", lintPackages/2, round), 0o644); err != nil {
					return err
				}
			}
			for j, c := range commands {
				cache := filepath.Join(dir, names[j])
				if i == 0 {
					if out, err := exec.CommandContext(ctx, "cp", "-r", built, cache).CombinedOutput(); err != nil {
						return fmt.Errorf("copy the build cache: %w\n%s", err, out)
					}
				}
				u, err := measure(ctx, module, []string{"GOCACHE=" + cache, "XDG_CACHE_HOME=" + cache, flags}, c[0], c[1:]...)
				if err != nil {
					return err
				}
				samples[j] = append(samples[j], u)
			}
		}
		base := middle(samples[0])
		for j := range commands {
			u := middle(samples[j])
			fmt.Fprintf(w, "| %s | %s | %.1f s | %.2f | %.1f s | %.2f |\n", run, names[j],
				u.wall.Seconds(), u.wall.Seconds()/base.wall.Seconds(), u.cpu.Seconds(), u.cpu.Seconds()/base.cpu.Seconds())
			run = ""
		}
	}
	fmt.Fprintln(w)
	return nil
}

// lintModule writes the module and counts its lines of Go.
func lintModule(dir string) (lines int, err error) {
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		return 0, err
	}
	files := map[string]string{
		"go.mod": "module example.com/large\n\ngo 1.26\n\nrequire github.com/Masterminds/squirrel v1.5.4\n",
		"go.sum": string(sum),
		"sqlc.yaml": "version: \"2\"\nsql:\n  - engine: sqlite\n    schema: migrations\n    queries: sql\n    gen: {go: {package: db, out: db}}\n" +
			"options: {drey: {crud: false, lint: {off: [handedit]}}}\n",
		"migrations/00001_users.sql": "-- +goose Up\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, n INTEGER NOT NULL);\n",
		"sql/users.sql":              "-- name: Names :many\nSELECT name FROM users;\n",
	}
	for i := range lintPackages {
		text := lintPackage(i)
		lines += strings.Count(text, "\n")
		files[fmt.Sprintf("p%d/p.go", i)] = text
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return 0, err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return 0, err
		}
	}
	return lines, nil
}

func lintPackage(i int) string {
	var b bytes.Buffer
	sql := i%10 == 0
	fmt.Fprintf(&b, "package p%d\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n", i)
	if sql {
		b.WriteString("\t\"database/sql\"\n\n\tsq \"github.com/Masterminds/squirrel\"\n")
	}
	var imported []int
	for _, back := range []int{1, 7, 40} {
		if i >= back {
			imported = append(imported, i-back)
			fmt.Fprintf(&b, "\n\t\"example.com/large/p%d\"\n", i-back)
		}
	}
	b.WriteString(")\n\ntype T struct {\n\tName string\n\tN    int\n}\n")
	for _, p := range imported {
		fmt.Fprintf(&b, "\nvar _ = p%d.F0\n", p)
	}
	for n := 0; strings.Count(b.String(), "\n") < lintLines-20; n++ {
		fmt.Fprintf(&b, `
func F%d(list []T, name string) (string, error) {
	var b strings.Builder
	total := 0
	for i, t := range list {
		if t.Name == name || strings.HasPrefix(t.Name, "x") {
			total += t.N * i
			continue
		}
		switch {
		case t.N > 100:
			fmt.Fprintf(&b, "%%s has %%d\n", t.Name, t.N)
		case t.N < 0:
			return "", fmt.Errorf("%%s has less than nothing: %%d", t.Name, t.N)
		}
	}
	return b.String(), nil
}
`, n)
		if sql && n%4 == 0 {
			fmt.Fprintf(&b, `
func Q%d(db *sql.DB, id int) (name string, n int, err error) {
	// @native-sql what the benchmark has to look at
	err = db.QueryRow("SELECT name, n FROM users WHERE id = ? AND n > %d", id).Scan(&name, &n)
	if err != nil {
		return "", 0, err
	}
	_, _, err = sq.Select("name", "n").From("users").Where(sq.Eq{"id": id}).OrderBy("name").ToSql()
	return name, n, err
}
`, n, n)
		}
	}
	return b.String()
}
