package adopt

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/generate"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/sqlc"
)

// TestMain lets the test binary be sqlc, which runs in a process of its own.
func TestMain(m *testing.M) {
	sqlc.RunChild()
	os.Exit(m.Run())
}

// lay writes the files of an archive into a new folder.
func lay(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// changes are what a plan will write, by path.
func changes(p *Plan) map[string]string {
	all := map[string]string{}
	for _, c := range p.Changes {
		all[c.Path] = string(c.New)
	}
	return all
}

func TestModuleOf(t *testing.T) {
	for name, want := range map[string]string{
		"notes": "example.com/notes", "My Notes": "example.com/my-notes", "test": "example.com/test", "-": "example.com/app", "日本": "example.com/app", "a.b_c~d": "example.com/a.b_c~d", ".hidden": "example.com/hidden",
	} {
		if got := ModuleOf(filepath.Join("/x", name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// In a module that is there the package belongs to it, wherever the folder is.
func TestBeginInModule(t *testing.T) {
	dir := lay(t, "-- go.mod --\nmodule example.com/large\n\ngo 1.26\n-- services/notes/README.md --\n")
	p, err := Make(t.Context(), Options{Dir: filepath.Join(dir, "services/notes"), Out: "./store/"})
	if err != nil {
		t.Fatal(err)
	}
	all := changes(p)
	if test := all["store/store_test.go"]; !strings.Contains(test, `"example.com/large/services/notes/store"`) || !strings.Contains(test, "store.Open(ctx") {
		t.Errorf("the test is\n%s", test)
	}
	if mod := all["../../go.mod"]; !strings.Contains(mod, "modernc.org/sqlite v") || !strings.HasPrefix(mod, "module example.com/large\n") {
		t.Errorf("go.mod is\n%s", mod)
	}
	if all["go.mod"] != "" || p.OnlyAdds() {
		t.Errorf("it plans %v", all)
	}
	if !strings.Contains(all["store/generate.go"], "//go:generate drey generate --dir ..\n") {
		t.Errorf("generate.go is %q", all["store/generate.go"])
	}
}

// Migrations that are there are the schema, and the queries then those that are generated.
func TestBeginWithSchema(t *testing.T) {
	for name, archive := range map[string]string{
		"db/migrations": "-- db/migrations/1_a.up.sql --\nCREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n-- db/migrations/1_a.down.sql --\nDROP TABLE t;\n",
		"db/schema.sql": "-- db/schema.sql --\nCREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n",
	} {
		dir := lay(t, archive)
		p, err := Make(t.Context(), Options{Dir: dir, Module: "example.com/x"})
		if err != nil {
			t.Fatal(err)
		}
		all := changes(p)
		if yaml := all["sqlc.yaml"]; !strings.Contains(yaml, "schema: "+name+"\n") || !strings.Contains(yaml, "queries: []\n") {
			t.Errorf("sqlc.yaml is\n%s", yaml)
		}
		for file := range all {
			if strings.HasSuffix(file, ".sql") || strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s: it plans %s", name, file)
			}
		}
		if err := p.Write(t.Context()); err != nil {
			t.Fatal(err)
		}
		if result, err := generate.Run(t.Context(), generate.Options{Dir: dir}); err != nil || len(result.Changes) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Without the proxy the requirements are written, and what completes them is said.
func TestOffline(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	p, err := Make(t.Context(), Options{Dir: t.TempDir(), Module: "example.com/x"})
	if err != nil {
		t.Fatal(err)
	}
	mod := changes(p)["go.mod"]
	for name, needed := range generate.Needed() {
		if !strings.Contains(mod, name+" "+needed.Tried+"\n") {
			t.Errorf("go.mod is\n%s", mod)
		}
	}
	if len(p.Next) == 0 || !strings.HasPrefix(p.Next[0], "go get github.com/Masterminds/squirrel@v") || len(p.Notes) == 0 {
		t.Errorf("next is %q, notes %q", p.Next, p.Notes)
	}
	if _, there := changes(p)["go.sum"]; there {
		t.Error("it writes sums that nobody has checked")
	}
}

// What cannot be planned is an error that says what to do, and not half a plan.
func TestRefused(t *testing.T) {
	const good = "version: 2\nsql: [{engine: sqlite, schema: m, queries: q, gen: {go: {out: db}}}]\n"
	for _, test := range []struct{ name, archive, want string }{
		{"no YAML", "-- sqlc.yaml --\nversion: 2\nsql: [\n", "sqlc.yaml:2: this is no YAML"},
		{"two files", "-- sqlc.yaml --\n" + good + "-- sqlc.json --\n{}\n", "sqlc.json: there is a sqlc.yaml as well"},
		{"another engine", "-- sqlc.yaml --\nversion: 2\nsql: [{engine: mysql, schema: m, queries: q, gen: {go: {out: db}}}]\n", "no block generates Go for the engine sqlite"},
		{"another engine in version 1", "-- sqlc.yaml --\nversion: 1\npackages: [{schema: m, queries: q, path: db}]\n", "no block generates Go for the engine sqlite"},
		{"nothing in version 1", "-- sqlc.yaml --\nversion: 1\n", "version 1 of sqlc's configuration has packages"},
		{"no schema", "-- sqlc.yaml --\n" + good, "schema: there is no m"},
		{"an anchor under options", "-- sqlc.yaml --\n" + good + "options: &a {b: c}\nplugins: *a\n-- m/1_a.sql --\n-- q/a.sql --\n", "drey cannot add its options to this text"},
		{"a go.mod that is none", "-- sqlc.yaml --\n" + good + "-- m/1_a.sql --\n-- q/a.sql --\n-- go.mod --\nmodule x\nrequire (\n", "go.mod: "},
		{"a go.mod without a module", "-- go.mod --\ngo 1.26\n", "go.mod: it names no module"},
		{"a go.mod with a byte order mark", "-- go.mod --\n\ufeffmodule x\n", "go.mod:1: it begins with a byte order mark"},
		{"a folder in the place of a file", "-- .gitignore/a --\n", ".gitignore: is a directory"},
	} {
		dir := lay(t, test.archive)
		p, err := Make(t.Context(), Options{Dir: dir})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q; plan %v", test.name, err, test.want, p)
		}
	}
	_, err := Make(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "nowhere")})
	if !errors.As(err, new(*diag.Problem)) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// Other drivers, files of people's own and what runs sqlc are told of.
func TestLook(t *testing.T) {
	dir := lay(t, `-- go.mod --
module example.com/x

go 1.26

require (
	github.com/glebarez/go-sqlite v1.0.0
	github.com/mattn/go-sqlite3 v1.0.0
)
-- db/models.go --
// Code generated by sqlc. DO NOT EDIT.

package db

type A struct{}
-- db/store.go --
package db

func Open() {}
-- db/gen.go --
// Package db is generated.
package db

//go:generate sqlc generate
-- db/store_test.go --
package db
-- .github/workflows/ci.yml --
steps:
  - run: sqlc generate && go test ./...
-- Makefile --
x:
	sqlc generate
-- docs/notes.md --
Run sqlc generate.
-- vendor/x/Makefile --
	sqlc generate
-- main.go --
package main

// sqlc generate does it.
`)
	p := &Plan{root: dir}
	p.byHand(&config.Block{Out: "db"})
	if want := []string{"\tby hand  store.go"}; !slices.Equal(p.Found, want) {
		t.Errorf("found %q, want %q", p.Found, want)
	}
	p.Notes = nil
	p.drivers(goModule{dir: dir})
	if len(p.Notes) != 2 || !strings.HasPrefix(p.Notes[0], "github.com/mattn/go-sqlite3: both halves") || !strings.Contains(p.Notes[1], "panics when it starts") {
		t.Errorf("drivers: %q", p.Notes)
	}
	for others, want := range map[bool]string{false: "instead", true: "too, after it"} {
		p.Notes = nil
		if err := p.callers(others); err != nil {
			t.Fatal(err)
		}
		if len(p.Notes) != 1 || !strings.HasPrefix(p.Notes[0], "sqlc generate is run in .github/workflows/ci.yml:2, Makefile:2, db/gen.go:4: ") || !strings.Contains(p.Notes[0], want) {
			t.Errorf("callers: %q", p.Notes)
		}
	}
}

func TestLines(t *testing.T) {
	dir := lay(t, "-- a --\nx\r\ny\n-- b --\nz")
	p := &Plan{root: dir}
	if err := errors.Join(p.lines("a", "y", "x"), p.lines("b", "y", "z"), p.lines("c", "y")); err != nil {
		t.Fatal(err)
	}
	if all := changes(p); len(all) != 2 || all["b"] != "z\ny\n" || all["c"] != "y\n" || !slices.Equal(p.Kept, []string{"a"}) {
		t.Errorf("%q, kept %q", all, p.Kept)
	}
}
