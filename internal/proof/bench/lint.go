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

// A module that is linted has packages that import those before them, with SQL in
// every tenth, the first one included.
const lintLines = 1010 // of each package

// lintPackages is how many each module has. A test has one small module.
var lintPackages = []int{500, 1}

// The runs, each after what is done before it. Of the first there is only one.
var lintRuns = []struct {
	name  string
	first func(module string, packages, round int) error
}{
	{"first", nil},
	{"nothing changed", nil},
	{"one package changed", func(module string, packages, round int) error {
		n := packages / 2
		return os.WriteFile(filepath.Join(module, fmt.Sprintf("p%d", n), "edited.go"), fmt.Appendf(nil, "package p%d\n\nvar Edited = %d\n", n, round), 0o644)
	}},
	{"one function changed", func(module string, packages, round int) error {
		n := packages / 2
		return os.WriteFile(filepath.Join(module, fmt.Sprintf("p%d", n), "edited.go"), fmt.Appendf(nil, "package p%d\n\nfunc Edited() { println(%d) }\n", n, round), 0o644)
	}},
	{"after a migration changed", func(module string, _, round int) error {
		return os.WriteFile(filepath.Join(module, "migrations", "00002_more.sql"), fmt.Appendf(nil, "-- +goose Up\nALTER TABLE users ADD COLUMN c%d INTEGER;\n", round), 0o644)
	}},
}

// lint measures "drey lint" beside "go vet" alone, on the same modules and each with a
// copy of the same build cache, in which everything is built and nothing has been
// vetted, in turn.
func lint(ctx context.Context, w io.Writer, drey string, rounds int) error {
	fmt.Fprint(w, "## Lint\n\n| module | run | command | time | ratio | CPU time | ratio | memory | ratio |\n|---|---|---|--:|--:|--:|--:|--:|--:|\n")
	for _, packages := range lintPackages {
		if err := lintOne(ctx, w, drey, packages, rounds); err != nil {
			return err
		}
	}
	fmt.Fprintln(w)
	return nil
}

// lintOne is for a module of so many packages. One of a single package is a small
// project, which also imports SQLite.
func lintOne(ctx context.Context, w io.Writer, drey string, packages, rounds int) error {
	dir, err := os.MkdirTemp("", "drey-lint-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	module := filepath.Join(dir, "module")
	lines, err := lintModule(module, packages)
	if err != nil {
		return err
	}
	built := filepath.Join(dir, "built")
	flags := "GOFLAGS=-mod=mod"
	if _, err := measure(ctx, module, []string{"GOCACHE=" + built, flags}, "go", "build", "./..."); err != nil {
		return err
	}
	name := fmt.Sprintf("%d lines in %d packages", lines, packages)
	if packages == 1 {
		name = fmt.Sprintf("one small project: %d lines in one package", lines)
	}
	commands := [][]string{{"go", "vet", "./..."}, {drey, "lint", "./..."}}
	names := []string{"go vet", "drey lint"}
	for i, run := range lintRuns {
		samples := make([][]usage, len(commands))
		times := rounds
		if i == 0 {
			times = 1
		}
		for round := range times {
			if run.first != nil {
				if err := run.first(module, packages, round); err != nil {
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
		said := run.name
		for j := range commands {
			u := middle(samples[j])
			fmt.Fprintf(w, "| %s | %s | %s | %.1f s | %.2f | %.1f s | %.2f | %d MB | %.2f |\n", name, said, names[j],
				u.wall.Seconds(), u.wall.Seconds()/base.wall.Seconds(), u.cpu.Seconds(), u.cpu.Seconds()/base.cpu.Seconds(),
				u.peak>>20, float64(u.peak)/float64(max(base.peak, 1)))
			name, said = "", ""
		}
	}
	return nil
}

// lintModule writes a module and counts its lines of Go.
func lintModule(dir string, packages int) (lines int, err error) {
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		return 0, err
	}
	driver := ""
	if packages == 1 {
		goMod, err := os.ReadFile("go.mod")
		if err != nil {
			return 0, err
		}
		for line := range strings.Lines(string(goMod)) {
			if strings.Contains(line, "modernc.org/sqlite ") {
				driver = "require " + strings.TrimSpace(strings.TrimPrefix(line, "require ")) + "\n"
			}
		}
	}
	files := map[string]string{
		"go.mod": "module example.com/large\n\ngo 1.26\n\nrequire github.com/Masterminds/squirrel v1.5.4\n" + driver,
		"go.sum": string(sum),
		"sqlc.yaml": "version: \"2\"\nsql:\n  - engine: sqlite\n    schema: migrations\n    queries: sql\n    gen: {go: {package: db, out: db}}\n" +
			"options: {drey: {crud: false, lint: {off: [handedit]}}}\n",
		"migrations/00001_users.sql": "-- +goose Up\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, n INTEGER NOT NULL);\n",
		"sql/users.sql":              "-- name: Names :many\nSELECT name FROM users;\n",
	}
	if driver != "" {
		files["p0/driver.go"] = "package p0\n\nimport _ \"modernc.org/sqlite\"\n"
	}
	for i := range packages {
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
