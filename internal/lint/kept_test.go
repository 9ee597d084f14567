package lint

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/project"
)

// shop is a module with what a result can depend on: facts of one package and the
// next, schemas, settings, constraints, a module in a folder, and tests.
const shop = `
-- go.mod --
module example.com/shop
go 1.26
require (
	example.com/lib v1.0.0
	github.com/Masterminds/squirrel v1.5.4
)
replace example.com/lib => ./lib
-- sqlc.yaml --
version: "2"
sql:
  - {engine: sqlite, schema: migrations, queries: sql, gen: {go: {out: db}}}
-- migrations/00001_users.sql --
-- +goose Up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
-- other/00001_orders.sql --
-- +goose Up
CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL);
-- sql/q.sql --
-- name: Names :many
SELECT name FROM users;
-- db/db.go --
package db
const Table = "users"
-- store/store.go --
package store
import "database/sql"
func Run(db *sql.DB, query string, args ...any) (*sql.Rows, error) {
	// @native-sql the callers give reasons of their own
	return db.Query(query, args...)
}
-- above/above.go --
package above
import ("database/sql"; "example.com/shop/store")
func Run(db *sql.DB, query string) (*sql.Rows, error) { return store.Run(db, query) }
type T struct{}
func (T) Run(db *sql.DB, query string) (*sql.Rows, error) { return Run(db, query) }
func New() T { return T{} }
-- app/app.go --
package app
import ("database/sql"; "example.com/shop/above"; "example.com/shop/db"; "example.com/lib")
func List(pool *sql.DB, order string) (*sql.Rows, error) {
	// @native-sql the order is one of a few
	return above.Run(pool, "SELECT id, name FROM " + db.Table + " ORDER BY " + lib.Order)
}
func Other(pool *sql.DB, order string) (*sql.Rows, error) {
	return above.New().Run(pool, "SELECT id FROM users WHERE name = '" + order + "'")
}
-- build/build.go --
package build
import ("example.com/shop/db"; sq "github.com/Masterminds/squirrel")
func Names(id int) (string, []any, error) {
	return sq.Select("id", "name").From(db.Table).Where(sq.Eq{"id": id}).OrderBy("name").ToSql()
}
func Orders() (string, []any, error) { return sq.Select("total").From("orders").ToSql() }
-- build/build_test.go --
package build
import ("testing"; sq "github.com/Masterminds/squirrel")
func TestNames(t *testing.T) { sq.Select("nobody").From("users").ToSql() }
-- far/far.go --
package far
import "example.com/shop/app"
var List = app.List
-- alone/alone.go --
package alone
func Add(a, b int) int { return a + b }
-- lib/go.mod --
module example.com/lib
go 1.24
-- lib/lib.go --
package lib
const Order = "name"
`

// writeModule writes a txtar archive into a folder of its own.
func writeModule(t *testing.T, archive string) string {
	t.Helper()
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("GOCACHE", goCache)
	dir := t.TempDir()
	sum, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	files := append(txtar.Parse([]byte(archive)).Files, txtar.File{Name: "go.sum", Data: sum})
	for _, f := range files {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(f.Name)), string(f.Data))
	}
	return dir
}

// goCache is the go command's, which is below the cache of the user.
var goCache = func() string {
	if dir := os.Getenv("GOCACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		panic(err)
	}
	return filepath.Join(dir, "go-build")
}()

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run is what a run gives: its reports, or why it fails.
func run(t *testing.T, dir, keep string) (reports []report.Report, failed string) {
	t.Helper()
	projects := &project.Projects{}
	defer projects.Close()
	reports, _, err := Packages(t.Context(), projects, dir, []string{"./..."}, keep)
	if err != nil {
		return nil, err.Error()
	}
	return reports, ""
}

// edit is a change of the module and the way back. A text that is replaced is in the
// file as it is without the edit; a file without old is there only with it.
type edit struct {
	file, old, new string
	analyzed       int // how many packages the edit alone makes a run look at again and keep; -1 where it fails
}

// edits are changes of every kind that a result can depend on.
var edits = []edit{
	// Bodies, and what is seen from outside.
	{"app/app.go", "above.New()", "above.T{}", 1},
	{"app/app.go", "{\n	// @native-sql the order is", "{\n	println(order)\n	// @native-sql the order is", 1},
	{"app/app.go", "// @native-sql the order is one of a few", "// for now", 1},
	{"app/app.go", "WHERE name = '\" + order + \"'", "WHERE name = 'x", 1},
	{"app/app.go", "lib.Order", "order + lib.Order", 1},
	{"alone/alone.go", "a + b", "b + a", 1},
	{"alone/alone.go", "int { return", "int {\n\n\n\treturn", 1},
	{"store/store.go", "package store\n", "package store\n\n// Lines that\n// move the rest.\n", 1},
	{"store/store.go", "// @native-sql the callers give reasons of their own", "// nothing", 3}, // the fact is another one
	{"store/store.go", "return db.Query(query, args...)", "return db.Query(\"SELECT 1\", args...)", 3},
	{"above/above.go", "return store.Run(db, query)", "return store.Run(db, \"SELECT \"+query)", 2},
	{"above/above.go", "type T struct{}", "type T struct{ n int }", 2},
	{"store/store.go", "func Run", "var Exported int\nfunc Run", 2},
	{"db/db.go", `"users"`, `"orders"`, 3},
	{"db/db.go", `"users"`, `"user" + "s"`, 1},
	{"lib/lib.go", `"name"`, `"nam"`, 1},
	{"lib/lib.go", `package lib`, "package lib\n\nvar Unused = 1", 1},

	// The schema.
	{"migrations/00001_users.sql", "name TEXT", "title TEXT", 2},
	{"migrations/00001_users.sql", "id INTEGER", "ident INTEGER", 2},
	{"migrations/00001_users.sql", "CREATE TABLE users", "CREATE TABLE IF users", 0},
	{"migrations/00002_rename.sql", "", "-- +goose Up\nALTER TABLE users RENAME COLUMN name TO title;\n", 2},
	{"migrations/00003_orders.sql", "", "-- +goose Up\nCREATE TABLE orders (id INTEGER PRIMARY KEY, total TEXT);\n", 2},
	{"other/00002_more.sql", "", "-- +goose Up\nALTER TABLE orders RENAME TO purchases;\n", 0},

	// The settings.
	{"sqlc.yaml", "options: {}", "options: {drey: {lint: {off: [nativesql]}}}", 7},
	{"sqlc.yaml", "options: {}", "options: {drey: {lint: {tests: true}}}", 7},
	{"sqlc.yaml", "options: {}", "options: {drey: {lint: {orms: [example.com/lib]}}}", 7},
	{"sqlc.yaml", "schema: migrations", "schema: other", 7},
	{"sqlc.yaml", "sql:\n", "sql:\n  - {engine: sqlite, schema: other, queries: sql, gen: {go: {out: otherdb}}}\n", 7},
	{"sqlc.yaml", "sql:\n", "sql:\n  - {engine: postgresql, schema: other, queries: sql, gen: {go: {out: otherdb}}}\n", 7},
	{"sqlc.yaml", "version: \"2\"\n", "version: \"5\"\n", 7},
	{"sqlc.yaml", "options", "# why\noptions", 7},
	{"sql/q.sql", "name FROM", "id FROM", 0},
	{"sql/more.sql", "", "-- name: All :many\nSELECT * FROM users;\n", 0},
	{"app/sqlc.yaml", "", "version: \"2\"\nsql:\n  - {engine: sqlite, schema: ../other, queries: ../sql, gen: {go: {out: ../odb}}}\n", 1},

	// What is compiled.
	{"alone/more.go", "", "package alone\nimport \"database/sql\"\nfunc Drop(db *sql.DB) { db.Exec(\"DROP TABLE users\") }\n", 1},
	{"alone/tagged.go", "", "//go:build special\n\npackage alone\nimport _ \"gorm.io/gorm\"\n", 1},
	{"alone/alone_windows.go", "", "package alone\nimport \"database/sql\"\nfunc Raw(db *sql.DB) { db.Exec(\"DELETE FROM users\") }\n", 1},
	{"alone/alone_test.go", "", "package alone\nimport (\"database/sql\"; \"testing\")\nfunc TestRaw(t *testing.T) { var db *sql.DB; db.Exec(\"DELETE FROM users\") }\n", 0},
	{"fresh/fresh.go", "", "package fresh\nimport (\"database/sql\"; \"example.com/shop/above\")\nfunc Raw(db *sql.DB) { above.Run(db, \"DELETE FROM user\") }\n", 1},
	{"far/far.go", "package far", "//go:build never\n\npackage far", 0},
	{"far/far.go", "app.List", "app.Lost", -1},
	{"above/above.go", "return T{}", "return 1", -1},
	{"build/build.go", "sq.Select(\"total\")", "sq.Select(", -1},
	{"go.mod", "go 1.26\n", "go 1.25\n", 7},
	{"lib/go.mod", "go 1.24\n", "go 1.23\n", 1},
	{"lib/lib.go", "const Order", "const order", -1},
	{"lib/lib.go", "= \"name\"", "= 1 + \"name\"", -1},
}

// settings are changes of the environment.
var settings = []string{"GOFLAGS=-mod=mod -tags=special", "GOOS=windows", "CGO_ENABLED=1", "GOEXPERIMENT=nosynctest", "GOARCH=386", "GOWORK=off"}

// module is one with edits.
type module struct {
	dir  string
	made map[int]bool // edits that are made
}

// files are those that the edits change, as they are to be.
func (m *module) write(t *testing.T) {
	t.Helper()
	files := map[string]string{}
	for _, f := range txtar.Parse([]byte(shop)).Files {
		files[f.Name] = string(f.Data)
	}
	files["sqlc.yaml"] += "options: {}\n"
	for i, e := range edits {
		switch {
		case e.old == "" && m.made[i]:
			files[e.file] = e.new
		case m.made[i] && strings.Contains(files[e.file], e.old): // another edit may have been there first
			files[e.file] = strings.Replace(files[e.file], e.old, e.new, 1)
		}
	}
	for i := range edits {
		name := filepath.Join(m.dir, filepath.FromSlash(edits[i].file))
		content, ok := files[edits[i].file]
		if !ok {
			if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			continue
		}
		if was, err := os.ReadFile(name); err != nil || string(was) != content {
			writeFile(t, name, content)
		}
	}
}

// same compares a run with what is kept and one without.
func (m *module) same(t *testing.T, keep, when string) (reports []report.Report, failed string) {
	t.Helper()
	want, wantFailed := run(t, m.dir, "")
	reports, failed = run(t, m.dir, keep)
	if diff := cmp.Diff(wantFailed, failed); diff != "" {
		t.Fatalf("%s: fails otherwise: -without +with what is kept:\n%s", when, diff)
	}
	if diff := cmp.Diff(want, reports); diff != "" {
		t.Fatalf("%s: -without +with what is kept:\n%s", when, diff)
	}
	return reports, failed
}

// kept counts what is kept of packages.
func kept(t *testing.T, keep string) (n int) {
	t.Helper()
	err := filepath.WalkDir(keep, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() && e.Name() == "listed" {
			return filepath.SkipDir
		}
		if err == nil && e.Type().IsRegular() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// damage changes a byte of what is kept, or cuts it off.
func damage(t *testing.T, keep string, random *rand.Rand) {
	t.Helper()
	err := filepath.WalkDir(keep, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || random.IntN(3) > 0 {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil || len(content) == 0 {
			return err
		}
		if at := random.IntN(len(content)); random.IntN(2) == 0 {
			content = content[:at]
		} else {
			content[at] ^= 1 << random.IntN(8)
		}
		return os.WriteFile(name, content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOtherModules: a change by hand in a module that is vendored, and one in a
// module of the workspace, are seen.
func TestOtherModules(t *testing.T) {
	t.Run("vendored", func(t *testing.T) {
		dir, keep := t.TempDir(), t.TempDir()
		if err := os.CopyFS(dir, os.DirFS("corpus/testdata/otherorm")); err != nil {
			t.Fatal(err)
		}
		m := &module{dir: dir}
		reports, failed := m.same(t, keep, "as it is")
		if len(reports) == 0 || failed != "" {
			t.Fatal(len(reports), failed)
		}
		before := kept(t, keep)
		files, err := filepath.Glob(filepath.Join(dir, "vendor/*/*/*/*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, name := range files[:2] {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, name, string(content)+"\nvar AddedByHand int\n")
			m.same(t, keep, name)
		}
		if kept(t, keep) == before {
			t.Error("nothing is looked at again")
		}
	})
	t.Run("in the workspace", func(t *testing.T) {
		dir := writeModule(t, `
-- go.work --
go 1.26
use ./a
use ./b
-- a/go.mod --
module example.com/a
go 1.26
-- a/a.go --
package a
import ("database/sql"; "example.com/b")
func List(db *sql.DB, name string) { b.Run(db, "DELETE FROM users WHERE name = '" + name + "'") }
-- b/go.mod --
module example.com/b
go 1.26
-- b/b.go --
package b
import "database/sql"
func Run(db *sql.DB, query string) { println(query) }
`)
		t.Setenv("GOFLAGS", "")
		m, keep := &module{dir: filepath.Join(dir, "a")}, t.TempDir()
		if reports, failed := m.same(t, keep, "as it is"); len(reports) > 0 || failed != "" {
			t.Fatal(reports, failed)
		}
		writeFile(t, filepath.Join(dir, "b/b.go"), "package b\nimport \"database/sql\"\nfunc Run(db *sql.DB, query string) { db.Query(query) }\n")
		if reports, failed := m.same(t, keep, "with a wrapper"); len(reports) != 1 || failed != "" {
			t.Fatal(reports, failed)
		}
	})
}

// TestTogether: several runs at a time give what one does.
func TestTogether(t *testing.T) {
	m, keep := &module{writeModule(t, shop), nil}, t.TempDir()
	m.write(t)
	want, _ := run(t, m.dir, "")
	for range 2 {
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if got, failed := run(t, m.dir, keep); !cmp.Equal(want, got) || failed != "" {
					t.Errorf("%s\n%s", failed, cmp.Diff(want, got))
				}
			})
		}
		wg.Wait()
	}
}

// TestEdits: after each edit alone a run with what is kept gives what one without
// gives, and looks at no more packages than the edit affects. After the way back it
// looks at none.
func TestEdits(t *testing.T) {
	m := &module{writeModule(t, shop), map[int]bool{}}
	m.write(t)
	all := t.TempDir()
	first, failed := run(t, m.dir, all)
	if len(first) == 0 || failed != "" {
		t.Fatalf("%d reports, %s", len(first), failed)
	}
	for i, e := range edits {
		if testing.Short() && i%5 != 0 {
			continue
		}
		what := fmt.Sprintf("%s: %q in place of %q", e.file, e.new, e.old)
		keep := t.TempDir()
		if err := os.CopyFS(keep, os.DirFS(all)); err != nil {
			t.Fatal(err)
		}
		before := kept(t, keep)
		m.made = map[int]bool{i: true}
		m.write(t)
		_, failed := m.same(t, keep, what)
		if n := kept(t, keep) - before; failed == "" && n != e.analyzed || failed != "" && e.analyzed >= 0 {
			t.Errorf("%s: %d packages are looked at, want %d; %s", what, n, e.analyzed, failed)
		}
		m.made = nil
		m.write(t)
		before = kept(t, keep)
		reports, _ := run(t, m.dir, keep)
		if diff := cmp.Diff(first, reports); diff != "" || kept(t, keep) != before {
			t.Errorf("%s, and back: %d packages are looked at: -first +back:\n%s", what, kept(t, keep)-before, diff)
		}
	}
}

// TestRandomEdits: the same for sequences of edits, with changes of the environment
// between them.
func TestRandomEdits(t *testing.T) {
	steps := 60
	if testing.Short() {
		steps = 6
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("the seed is %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	m := &module{writeModule(t, shop), map[int]bool{}}
	keep := t.TempDir()
	for step := range steps {
		for range 1 + random.IntN(3) {
			i := random.IntN(len(edits))
			if m.made[i] || edits[i].analyzed < 0 && random.IntN(3) > 0 { // those that fail hide the rest
				delete(m.made, i)
			} else {
				m.made[i] = true
			}
		}
		m.write(t)
		if step%5 == 4 {
			damage(t, keep, random)
		}
		when := fmt.Sprintf("step %d, with edits %v", step, slices.Sorted(maps.Keys(m.made)))
		if random.IntN(4) > 0 {
			m.same(t, keep, when)
			continue
		}
		name, value, _ := strings.Cut(settings[random.IntN(len(settings))], "=")
		was, ok := os.LookupEnv(name)
		t.Setenv(name, value)
		m.same(t, keep, when+", "+name+"="+value)
		if os.Setenv(name, was); !ok {
			os.Unsetenv(name)
		}
	}
}
