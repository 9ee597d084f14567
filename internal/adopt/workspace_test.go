package adopt

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/generate"
)

// In a workspace the go command builds what go.work lists, and as new as it says.
func TestBeginInWorkspace(t *testing.T) {
	dir := lay(t, `
-- go.work --
go 1.26

use ./app
-- app/go.mod --
module example.com/app

go 1.26
-- vendor/modules.txt --
## workspace
`)
	app := filepath.Join(dir, "app")
	p, err := Make(t.Context(), Options{Dir: app, Out: "db"})
	if err != nil {
		t.Fatal(err)
	}
	work := changes(p)["../go.work"]
	if !strings.HasPrefix(work, "\ngo 1.26.0\n") && !strings.HasPrefix(work, "go 1.26.0\n") || strings.Count(work, "./app") != 1 || p.OnlyAdds() {
		t.Errorf("go.work is\n%s", work)
	}
	if !slices.Contains(p.Next, "go work vendor") {
		t.Errorf("next is %q", p.Next)
	}

	dir = lay(t, "-- go.work --\ngo 1.26.0\n-- other/README.md --\n")
	other := filepath.Join(dir, "other")
	if p, err = Make(t.Context(), Options{Dir: other, Module: "example.com/other", Out: "db"}); err != nil {
		t.Fatal(err)
	}
	if work := changes(p)["../go.work"]; !strings.Contains(work, "./other") {
		t.Errorf("go.work is\n%s", work)
	}
	if err := p.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-m")
	cmd.Dir = other
	if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "example.com/other" {
		t.Errorf("%s, %v", out, err)
	}
}

// A vendor folder gets what something imports, and generated code is not there yet: it is
// generated first.
func TestVendor(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds projects")
	}
	dir := lay(t, `-- go.mod --
module example.com/x

go 1.24
-- vendor/modules.txt --
-- migrations/001_a.sql --
CREATE TABLE a (id INTEGER PRIMARY KEY);
-- q.sql --
-- name: GetA :one
SELECT * FROM a WHERE id = ?;
-- sqlc.yaml --
version: "2"
sql: [{engine: sqlite, schema: migrations, queries: q.sql, gen: {go: {package: db, out: db}}}]
-- main.go --
package main

import _ "example.com/x/db"

func main() {}
`)
	p, err := Make(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"GOFLAGS=-mod=readonly drey generate", "go mod vendor"}; !slices.Equal(p.Next, want) || len(p.Refused) > 0 {
		t.Fatalf("next is %q, refused is %v", p.Next, p.Refused)
	}
	t.Setenv("GOFLAGS", "-mod=readonly")
	result, err := generate.Run(t.Context(), generate.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOFLAGS", "")
	for _, args := range [][]string{{"mod", "vendor"}, {"list", "-deps", "."}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, out)
		}
	}
	if _, err := generate.Run(t.Context(), generate.Options{Dir: dir}); err != nil {
		t.Errorf("from the vendor folder: %v", err)
	}
}

// Where the go command cannot complete a go.mod, what built still builds.
func TestIncomplete(t *testing.T) {
	const mod = "module example.com/x\n\ngo 1.20\n\nrequire example.com/absent v1.0.0\n"
	dir := lay(t, "-- go.mod --\n"+mod+`-- a.sql --
CREATE TABLE a (id INTEGER PRIMARY KEY);
-- q.sql --
-- name: GetA :one
SELECT * FROM a WHERE id = ?;
-- sqlc.yaml --
version: "2"
sql: [{engine: sqlite, schema: a.sql, queries: q.sql, gen: {go: {package: db, out: db}}}]
`)
	t.Setenv("GOPROXY", "off")
	p, err := Make(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, changed := changes(p)["go.mod"]; changed || len(p.Next) != 2 || !strings.HasPrefix(p.Next[0], "go get ") || !strings.Contains(p.Next[0], " go@"+generate.MinGo) {
		t.Errorf("changed: %t, next is %q", changed, p.Next)
	}
	if len(p.Notes) == 0 || !strings.Contains(p.Notes[0], "go.mod stays as it is") {
		t.Errorf("the notes are %q", p.Notes)
	}
}
