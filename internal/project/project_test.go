package project_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project"
)

// folder makes a folder with the files of an archive.
func folder(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t *testing.T, archive string) *project.Project {
	t.Helper()
	p, err := project.Open(folder(t, archive))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// shop has three blocks over one schema, spelled differently, and one over another.
const shop = `
-- go.mod --
module example.com/shop
-- sqlc.yaml --
version: "2"
sql:
  - {engine: sqlite, schema: migrations, queries: sql/a, gen: {go: {out: internal/a}}}
  - {engine: sqlite, schema: ./migrations/, queries: [sql/b/*.sql], gen: {go: {out: internal/b}}}
  - {engine: sqlite, schema: [migrations/00001_a.sql, migrations/00002_b.sql], queries: sql/c/c.sql, gen: {go: {out: internal/c}}}
  - {engine: sqlite, schema: audit, queries: [sql/crud], gen: {go: {out: internal/d}}}
-- migrations/00001_a.sql --
-- +goose Up
CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
-- migrations/00002_b.sql --
-- +goose Up
CREATE TABLE b (id INTEGER PRIMARY KEY);
-- audit/00001_a.sql --
-- +goose Up
CREATE TABLE a (id INTEGER PRIMARY KEY, at DATETIME);
-- sql/a/q.sql --
-- name: One :one
SELECT 1;
-- sql/b/q.sql --
-- sql/c/c.sql --
-- sql/crud/a.sql --
-- cmd/shop/main.go --
-- other/go.mod --
-- other/main.go --
`

func TestSchemas(t *testing.T) {
	p := open(t, shop)
	blocks := p.Config.Blocks
	first := p.Schema(blocks[0])
	for i, b := range blocks[:3] {
		if p.Schema(b) != first {
			t.Errorf("block %d has a schema of its own", i)
		}
	}
	audit := p.Schema(blocks[3])
	if list := p.Schemas(); len(list) != 2 || list[0] != first || list[1] != audit {
		t.Errorf("there are %d schemas", len(list))
	}
	db, err := first.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := first.Database(t.Context()); again != db || err != nil {
		t.Errorf("the migrations are applied twice: %v", err)
	}
	if len(db.Schema.Tables) != 2 || len(db.Migrations) != 2 || db.Doubt.Any() || len(db.Problems) > 0 {
		t.Errorf("the schema is %+v, of %d migrations, with %v", db.Schema, len(db.Migrations), db.Problems)
	}
	for s, want := range map[*project.Schema]string{first: "", audit: "no such column: name"} {
		statements, err := s.Statements()
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		if _, err := statements.Describe("SELECT name FROM a"); err != nil {
			said = err.Error()
		}
		if said != want {
			t.Errorf("SQLite says %q, want %q", said, want)
		}
	}
	elsewhere := project.NewSchema(filepath.Join(p.Dir, "migrations"), ".")
	if b := p.Blocks(elsewhere); len(b) == 0 || b[0] != blocks[0] {
		t.Errorf("%v has the migrations of the first block", b)
	}
	if b := p.Blocks(project.NewSchema(p.Dir, "nosuch")); b != nil {
		t.Errorf("%v has migrations that are not there", b)
	}
}

// TestClose: what is asked for after Close is made anew.
func TestClose(t *testing.T) {
	p := open(t, shop)
	s := p.Schemas()[0]
	before, err := s.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Statements(); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := s.Applied(t.Context())
	if err != nil || after == before {
		t.Fatalf("the database is the closed one, or none: %v", err)
	}
	if _, _, err := after.Describe("SELECT name FROM a"); err != nil {
		t.Error(err)
	}
	statements, err := s.Statements()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := statements.Describe("SELECT name FROM a"); err != nil {
		t.Error(err)
	}
}

func TestAtOnce(t *testing.T) {
	var projects project.Projects
	dir := folder(t, shop)
	found := make([]*project.Project, 16)
	var wait sync.WaitGroup
	for i := range found {
		wait.Go(func() {
			p := projects.Around(filepath.Join(dir, "cmd", "shop"))
			for _, s := range p.Schemas() {
				statements, err := s.Statements()
				if err != nil {
					t.Error(err)
					continue
				}
				if _, err := statements.Describe("SELECT id FROM a"); err != nil {
					t.Error(err)
				}
			}
			found[i] = p
		})
	}
	wait.Wait()
	for _, p := range found {
		if p != found[0] {
			t.Fatal("the project is opened twice")
		}
	}
	if err := found[0].Close(); err != nil {
		t.Error(err)
	}
}

func TestAround(t *testing.T) {
	dir := folder(t, shop)
	var projects project.Projects
	for at, want := range map[string]string{".": dir, "cmd/shop": dir, "other": "", "migrations": dir} {
		root, ok := project.Find(filepath.Join(dir, filepath.FromSlash(at)))
		if root != want || ok != (want != "") {
			t.Errorf("%s is in %q", at, root)
		}
		if p := projects.Around(filepath.Join(dir, filepath.FromSlash(at))); (p != nil) != ok {
			t.Errorf("%s: %v", at, p)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "sqlc.yaml"), []byte("version: 3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if p := new(project.Projects).Around(dir); p != nil {
		t.Error("a project without a configuration that can be read")
	}
}

// TestOpen: with options that are wrong the project is there, too.
func TestOpen(t *testing.T) {
	wrong := strings.Replace(shop, "out: internal/a}", "out: internal/a, json_tags_case_style: shouting}", 1)
	p, err := project.Open(folder(t, wrong))
	var problems diag.Problems
	if !errors.As(err, &problems) || p == nil || len(p.Config.Blocks) != 4 {
		t.Errorf("%v, %v", p, err)
	}
	if p, err := project.Open(t.TempDir()); p != nil || err == nil {
		t.Errorf("%v, %v", p, err)
	}
}

func TestPlaces(t *testing.T) {
	p := open(t, shop)
	var folders []string
	for _, f := range p.Folders() {
		rel, err := filepath.Rel(p.Dir, f)
		if err != nil {
			t.Fatal(err)
		}
		folders = append(folders, filepath.ToSlash(rel))
	}
	if diff := cmp.Diff([]string{".", "audit", "migrations", "sql/a", "sql/b", "sql/c"}, folders); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	var crud []string
	for _, b := range p.Config.Blocks {
		crud = append(crud, p.CRUDFolder(b))
	}
	if diff := cmp.Diff([]string{"sql/a/crud", "sql/b/crud", "sql/c/crud", "sql/crud"}, crud); diff != "" {
		t.Errorf("folders of generated queries (-want +got):\n%s", diff)
	}
	for file, want := range map[string]bool{"migrations/x.go": true, "audit/sub/x.go": true, "cmd/shop/main.go": false, "x.go": false} {
		if got := p.InMigrations(filepath.Join(p.Dir, filepath.FromSlash(file))); got != want {
			t.Errorf("%s in the migrations: %v", file, got)
		}
	}
	_, queries, err := p.Queries(p.Config.Blocks[0])
	if err != nil || len(queries) != 1 || queries[0].Name != "One" {
		t.Errorf("%v, %v", queries, err)
	}
	m, err := p.Module(p.Config.Blocks[1])
	if err != nil || m.Path != "example.com/shop" || m.Own != "example.com/shop/internal/b" {
		t.Errorf("%+v, %v", m, err)
	}
	if again, _ := p.Module(p.Config.Blocks[1]); again != m {
		t.Error("the module is looked for twice")
	}
}

func TestWrongMigrations(t *testing.T) {
	const config = `
-- sqlc.yaml --
version: "2"
sql:
  - {engine: sqlite, schema: m, queries: q, gen: {go: {out: db}}}
-- q/q.sql --
-- m/00001_a.sql --
-- +goose Up
CREATE TABLE a (id INTEGER PRIMARY KEY);
`
	tests := []struct{ name, more, database, applied, statements, doubtful string }{
		{"none", "", "", "", "", ""},
		{"fails", `
-- m/00002_b.sql --
-- +goose Up
CREATE TABLE b (id INTEGER PRIMARY KEY);
CREATE TABLE c (id INTEGER PRIMARY KEY, id TEXT);
`, "m/00002_b.sql:3", "m/00002_b.sql:3", "m/00002_b.sql:3", "b"},
		{"cannot be read", `
-- m/00002_b.sql --
CREATE TABLE b (id INTEGER PRIMARY KEY);
`, "m/00002_b.sql", "m/00002_b.sql", "m/00002_b.sql", "b"},
		{"a broken view", `
-- m/00002_b.sql --
-- +goose Up
CREATE TABLE b (id INTEGER PRIMARY KEY);
CREATE VIEW v AS SELECT id FROM b;
DROP TABLE b;
`, "m/00002_b.sql:3: view v cannot be read any more", "m/00002_b.sql:3: view v", "", "v"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := open(t, config+tt.more)
			s := p.Schemas()[0]
			db, err := s.Database(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			begins := func(what string, err error, want string) {
				t.Helper()
				said := ""
				if err != nil {
					said = err.Error()
				}
				if !strings.HasPrefix(said, want) || (want == "") != (said == "") {
					t.Errorf("%s: %q, want %q", what, said, want)
				}
			}
			begins("the database", db.Problems.Err(), tt.database)
			if db.Schema.Table("a") == nil || tt.doubtful != "" && (!db.Doubt.Is("SELECT * FROM "+tt.doubtful) || db.Doubt.Is("SELECT * FROM a")) {
				t.Errorf("the schema is %+v, what is not known %+v", db.Schema, db.Doubt)
			}
			_, err = s.Applied(t.Context())
			begins("applied", err, tt.applied)
			statements, err := s.Statements()
			begins("statements", err, tt.statements)
			if err == nil {
				if _, err := statements.Describe("SELECT id FROM a"); err != nil {
					t.Error(err)
				}
				if _, err := statements.Describe("SELECT id FROM v"); err == nil || tt.doubtful == "v" && !strings.Contains(err.Error(), "main.b") {
					t.Errorf("the view has gone: %v", err)
				}
			}
		})
	}
}

func TestFilesOrNone(t *testing.T) {
	dir := folder(t, "-- empty/.keep --\n-- wrong/a.sql --\n-- +goose Up\n-- right/00001_a.sql --\n-- +goose Up\nSELECT 1;\n")
	for name, want := range map[string]struct {
		files int
		fails bool
	}{"nosuch": {}, "empty": {}, "wrong": {fails: true}, "right": {files: 1}} {
		files, err := project.NewSchema(dir, name).FilesOrNone()
		if len(files) != want.files || (err != nil) != want.fails {
			t.Errorf("%s: %d files, %v", name, len(files), err)
		}
	}
}
