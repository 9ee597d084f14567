package generate_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/generate"
	"github.com/dreysql/drey/internal/sqlc"
)

// TestMain lets the test binary be sqlc, which runs in a process of its own.
func TestMain(m *testing.M) {
	sqlc.RunChild()
	// What is generated is compiled often; without inlining the compiler has a third less to do.
	if err := os.Setenv("GOFLAGS", "-gcflags=example.com/...=-l"); err != nil {
		log.Fatal(err)
	}
	code := m.Run()
	if err := generate.RemoveShared(); err != nil {
		log.Print(err)
	}
	os.Exit(code)
}

// fault is one thing that is wrong with a project: a file of it as it is with the
// fault and after it is mended, and what is said of the fault. A file of several
// faults is their texts one after the other.
type fault struct {
	name         string
	file         string
	wrong, right string
	says         []string // parts of the messages, one each
}

const faultyConfig = `version: "2"
sql:
  - engine: sqlite
    schema: migrations
    queries: sql
    gen:
      go:
        package: db
        out: db
`

// faults has a fault of every stage of generation, and several of a few.
var faults = []fault{
	{"", "sqlc.yaml", faultyConfig, faultyConfig, nil},
	{"an option that drey refuses", "sqlc.yaml", "        json_tags_case_style: shouting\n", "", []string{"sqlc knows no \"shouting\""}},
	{"an option that sqlc refuses", "sqlc.yaml", "        emit_empty_slice: true\n", "        emit_empty_slices: true\n", []string{"sqlc knows no option \"emit_empty_slice\""}},
	{"a table in skip that does not exist", "sqlc.yaml",
		"options: {drey: {crud: {skip: {nothing: all, papers: all}}}}\n", "options: {drey: {crud: {skip: {boxes: [count], papers: all}}}}\n", []string{"nothing"}},
	{"", "migrations/00001_init.sql", sound, sound, nil},
	{"a migration that fails", "migrations/00002_fails.sql",
		"-- +goose Up\nCREATE TABLE parts (id INTEGER PRIMARY KEY, box_id INTEGER NOT NULL REFERENCES boxes (id);\n",
		"-- +goose Up\nCREATE TABLE parts (id INTEGER PRIMARY KEY, box_id INTEGER NOT NULL REFERENCES boxes (id));\n", []string{"the migration fails"}},
	{"a migration that goose skips", "migrations/00003_skipped.sql",
		"CREATE TABLE lids (id INTEGER PRIMARY KEY, box_id INTEGER NOT NULL);\n",
		"-- +goose Up\nCREATE TABLE lids (id INTEGER PRIMARY KEY, box_id INTEGER NOT NULL);\n", []string{"00003_skipped.sql"}},
	{"a view that lost its table", "migrations/00004_view.sql",
		"-- +goose Up\nCREATE TABLE gone (id INTEGER PRIMARY KEY);\nCREATE VIEW lost AS SELECT id FROM gone;\nPRAGMA legacy_alter_table = ON;\nDROP TABLE gone;\n",
		"-- +goose Up\nCREATE TABLE gone (id INTEGER PRIMARY KEY);\nCREATE VIEW lost AS SELECT id FROM gone;\n", []string{"view lost cannot be read any more"}},
	{"a view that sqlc types wrongly", "migrations/00005_typed.sql",
		"-- +goose Up\nCREATE VIEW prices AS SELECT id, CASE WHEN width > 3 THEN 'wide' ELSE 0 END AS twice FROM boxes;\n",
		"-- +goose Up\nCREATE VIEW prices AS SELECT id, CAST(price * 2 AS REAL) AS twice FROM boxes;\n", []string{"view prices: column twice"}},
	{"", "sql/depend.sql", "-- name: Parts :many\nSELECT id FROM parts WHERE box_id > 0;\n\n-- name: Lids :many\nSELECT l.id FROM lids l JOIN boxes b ON b.id = l.box_id;\n\n-- name: LostOnes :many\nSELECT id FROM lost;\n",
		"-- name: Parts :many\nSELECT id FROM parts WHERE box_id > 0;\n\n-- name: Lids :many\nSELECT l.id FROM lids l JOIN boxes b ON b.id = l.box_id;\n\n-- name: LostOnes :many\nSELECT id FROM lost;\n", nil},
	{"a heading that sqlc cannot read", "sql/a.sql", "-- name: Heading\nSELECT id FROM boxes;\n\n", "-- name: Heading :many\nSELECT id FROM boxes;\n\n", []string{"the query has no command"}},
	{"a statement without a name", "sql/a.sql", "SELECT 2;\n\n", "-- name: Two :one\nSELECT 2;\n\n", []string{"the statement has no name"}},
	{"a name that is given twice", "sql/a.sql", "-- name: Same :one\nSELECT 3;\n\n-- name: Same :one\nSELECT 4;\n\n", "-- name: Same :one\nSELECT 3;\n\n-- name: Same4 :one\nSELECT 4;\n\n", []string{"has a query of this name already"}},
	{"a syntax error", "sql/a.sql", "-- name: Syntax :many\nSELECT id FROM boxes WHERE;\n\n", "-- name: Syntax :many\nSELECT id FROM boxes WHERE id > 1;\n\n", []string{"query Syntax: SQLite refuses it"}},
	{"two columns that do not exist", "sql/b.sql", "-- name: Columns :many\nSELECT wide FROM boxes WHERE hight > 1;\n\n", "-- name: Columns :many\nSELECT width FROM boxes WHERE height > 1;\n\n", []string{"no such column: wide", "no such column: hight"}},
	{"a query that sqlc refuses", "sql/b.sql", "-- name: Distinct :many\nSELECT id FROM boxes WHERE name IS NOT DISTINCT FROM @name;\n\n", "-- name: Distinct :many\nSELECT id FROM boxes WHERE name IS CAST(@name AS TEXT);\n\n", []string{"query Distinct: SQLite accepts it"}},
	{"another one that it refuses later", "sql/c.sql", "-- name: Ambiguous :many\nSELECT boxes.id FROM boxes JOIN owners ON owners.id = boxes.owner_id WHERE boxes.id IN (SELECT owner_id FROM boxes WHERE height > @height);\n\n", "", []string{"query Ambiguous"}},
	{"a query on which sqlc crashes", "sql/c.sql", "-- name: Crash :many\nSELECT id FROM boxes WHERE width > -@x;\n\n", "-- name: Crash :many\nSELECT id FROM boxes WHERE width > - CAST(@x AS INTEGER);\n\n", []string{"query Crash"}},
	{"a parameter that it leaves out, and a type", "sql/d.sql", "-- name: Dropped :many\nSELECT id, CASE WHEN width > 3 THEN 'wide' ELSE 0 END AS twice FROM boxes ORDER BY @o;\n\n", "-- name: Dropped :many\nSELECT id, CAST(price * 2 AS REAL) AS twice FROM boxes ORDER BY id;\n\n", []string{"query Dropped: sqlc leaves @o out", "query Dropped: column Twice"}},
	{"a row that is missing", "sql/d.sql", "-- name: Outer :many\nSELECT boxes.id, sqlc.embed(owners) FROM boxes LEFT JOIN owners ON owners.id = boxes.owner_id;\n\n", "-- name: Outer :many\nSELECT boxes.id, sqlc.embed(owners) FROM boxes JOIN owners ON owners.id = boxes.owner_id;\n\n", []string{"query Outer"}},
	{"a table of json columns", "migrations/00006_papers.sql",
		"-- +goose Up\nCREATE TABLE papers (id INTEGER PRIMARY KEY, a JSON, b JSON, c JSON NOT NULL);\n",
		"-- +goose Up\nCREATE TABLE papers (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT NOT NULL);\n", []string{"columns papers.a, papers.b, papers.c"}},
	{"", "sql/e.sql", "-- name: Papers :many\nSELECT * FROM papers;\n\n", "-- name: Papers :many\nSELECT * FROM papers;\n\n", nil},
	{"a constant that a parameter hides", "sql/d.sql", "-- name: Hidden :many\nSELECT id FROM boxes WHERE name = @hidden;\n\n", "-- name: Hidden :many\nSELECT id FROM boxes WHERE name = @hidden_name;\n\n", []string{"query Hidden"}},
}

const sound = `-- +goose Up
CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE boxes (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owners (id), name TEXT, width INTEGER NOT NULL, height INTEGER NOT NULL, price REAL NOT NULL);
`

// faulty writes a project with some of the faults, and returns what should be
// said of them.
func faulty(t *testing.T, has func(*fault) bool) (dir string, says []string) {
	t.Helper()
	dir = t.TempDir()
	files := map[string]string{}
	for i := range faults {
		f := &faults[i]
		if has(f) {
			files[f.file] += f.wrong
			says = append(says, f.says...)
		} else {
			files[f.file] += f.right
		}
	}
	for name, content := range files {
		if content == "" {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, says
}

// refusals runs the generation.
func refusals(t *testing.T, dir string) diag.Problems {
	t.Helper()
	_, err := generate.Run(context.Background(), generate.Options{Dir: dir})
	var problems diag.Problems
	var one *diag.Problem
	switch {
	case err == nil:
	case errors.As(err, &problems):
	case errors.As(err, &one):
		problems = diag.Problems{one}
	default:
		t.Fatal(err)
	}
	return problems
}

// TestAllFaultsInOneRun: of a project with any of the faults, just these are
// reported, each once.
func TestAllFaultsInOneRun(t *testing.T) {
	check := func(name string, has func(*fault) bool) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, says := faulty(t, has)
			problems := refusals(t, dir)
			onDisk(t, dir, problems)
			for _, p := range problems {
				at := slices.IndexFunc(says, func(s string) bool { return strings.Contains(p.Error(), s) })
				if at < 0 {
					t.Errorf("not a fault of the project: %v", p)
					continue
				}
				says = slices.Delete(says, at, at+1)
			}
			for _, s := range says {
				t.Errorf("nothing is said of %q", s)
			}
		})
	}
	check("all", func(*fault) bool { return true })
	check("none", func(*fault) bool { return false })
	few := testing.Short() // then each fault is in "all" at least
	for i := range faults {
		if f := &faults[i]; f.name != "" && (!few || i%4 == 0) {
			check("only "+f.name, func(g *fault) bool { return g == f })
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 8 {
		if few && i > 1 {
			break
		}
		set := map[*fault]bool{}
		for j := range faults {
			set[&faults[j]] = r.IntN(2) == 0
		}
		check(fmt.Sprint("some ", i), func(f *fault) bool { return set[f] })
	}
}

// onDisk: each problem is at a line that the project has.
func onDisk(t *testing.T, dir string, problems diag.Problems) {
	t.Helper()
	for _, p := range problems {
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p.File)))
		if err != nil || p.File == "" {
			t.Errorf("it is not of a file of the project: %v", p)
		} else if n := strings.Count(string(content), "\n") + 1; p.Line > n {
			t.Errorf("the file has %d lines: %v", n, p)
		}
	}
}
