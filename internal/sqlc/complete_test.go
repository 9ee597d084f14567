package sqlc_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/typecheck"
)

// completed are options that change what Complete has to find its way in.
var completed = []string{
	"",
	"emit_pointers_for_null_types: true, emit_result_struct_pointers: true, emit_params_struct_pointers: true, emit_json_tags: true, emit_interface: true",
	"query_parameter_limit: 9, emit_empty_slices: true, emit_db_tags: true, wrap_errors: true",
	"query_parameter_limit: 0, emit_methods_with_db_argument: true, emit_interface: true, output_files_suffix: _gen, build_tags: sometimes",
	"emit_prepared_queries: true, emit_interface: true, emit_json_tags: true, json_tags_case_style: camel, emit_exported_queries: true, emit_sql_as_comment: true",
	"omit_sqlc_version: true, rename: {n: Count, at: Moment}, overrides: [{column: events.id, go_type: {import: github.com/google/uuid, package: uuid, type: UUID}}]",
}

const completeDDL = `
CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT NOT NULL, at DATE, n INTEGER NOT NULL, price REAL);
CREATE VIEW sums AS SELECT name, sum(n) AS n FROM events GROUP BY name;`

const completeQueries = `
-- name: Scalar :one
SELECT max(n) FROM events WHERE at > @at;

-- name: Scalars :many
SELECT max(n) FROM events WHERE at > @at AND name IN (sqlc.slice(names));

-- name: ScalarInPlaceOfSum :one
SELECT sum(n) FROM events;

-- name: Row :one
SELECT name, max(n) AS top, min(at) AS oldest FROM events WHERE at >= @since AND n > @n;

-- name: Rows :many
SELECT name, max(n) AS top, min(at) AS oldest FROM events WHERE at IN (sqlc.slice(days)) GROUP BY name;

-- name: Whole :many
-- Whole has a comment of its own.
SELECT * FROM events;

-- name: WholeOne :one
SELECT * FROM events WHERE id = ?;

-- name: Embedded :many
SELECT sqlc.embed(events), max(n) AS top FROM events;

-- name: Sums :many
SELECT * FROM sums;

-- name: Gone :one
DELETE FROM events WHERE id = @id RETURNING name AS gone, n + 1 AS next;

-- name: Move :exec
UPDATE events SET at = @at WHERE id = @id;
`

// complete makes completions for everything in a package.
func complete(p *sqlc.Package) (c sqlc.Completions) {
	c.Model("Sum", "N", "*int64")
	c.Model("Sum", "Count", "*int64") // where it is renamed
	for _, m := range p.Queries {
		to := c.Method(m.Name)
		for i, a := range m.Args {
			if strings.Contains(a.Type, "Time") {
				to.Args[i] = "bindDate"
			}
		}
		for i, f := range m.Scan {
			switch {
			case strings.Contains(f.Name, "."), m.Name == "Sums":
			case strings.Contains(f.Type, "float64"), f.Type == "interface{}":
				to.Results[i] = sqlc.Result{Type: "sql.NullInt64"}
			case strings.Contains(f.Type, "Time"):
				to.Results[i] = sqlc.Result{Type: "*time.Time", Via: "scanDate"}
			case m.Name == "Gone" && f.Name == "Name":
				to.Results[i] = sqlc.Result{Name: "Gone", Tags: map[string]string{"json": "gone", "db": "gone"}}
			}
		}
	}
	return c
}

// TestComplete completes the same queries under each set of options. What comes
// out compiles, reads back as it was asked for, says what is different, and is
// not changed again by the same completions. testdata/completed.txtar has the
// files of the second set.
func TestComplete(t *testing.T) {
	b := block(t, completeDDL, "events.sql", completeQueries, "other.sql", "-- name: Other :one\nSELECT name FROM events WHERE id = ?;\n")
	packages, err := sqlc.Run(t.Context(), slices.Repeat([]sqlc.Block{b}, len(completed)), config(completed...))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range packages {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			c := complete(p)
			got, err := p.Complete(c)
			if err != nil {
				t.Fatal(err)
			}
			runtime := map[string][]byte{"drey.go": []byte("package db\n\nfunc bindDate[T any](v T) any { return v }\n\nfunc scanDate[T any](v *T) any { return v }\n")}
			project := typecheck.New(t.Context(), "", "", "", nil, nil)
			defer project.Close()
			maps.Copy(runtime, got.Files)
			checked := project.Check(t.Context(), &typecheck.Package{Name: got.Name, Dir: t.TempDir(), Files: runtime})[0]
			if checked.Err != nil || len(checked.Failures) > 0 {
				t.Error(checked)
			}
			for _, m := range got.Queries {
				asAsked(t, m, c)
			}
			for name, content := range got.Files {
				_, mine, _ := bytes.Cut(content, []byte("Completed by drey"))
				if changed := !bytes.Equal(content, p.Files[name]); changed != (mine != nil) {
					t.Errorf("%s is changed: %t, and does not say so", name, changed)
				}
			}
			if bytes.Contains(got.Files["other.sql.go"], []byte("drey")) || bytes.Contains(got.Files["other.sql_gen.go"], []byte("drey")) {
				t.Error("a file without completions is changed")
			}
			again, err := got.Complete(complete(got))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(texts(got), texts(again)); diff != "" {
				t.Errorf("the second time (-first +second):\n%s", diff)
			}
			if i == 1 {
				golden(t, got)
			}
		})
	}
}

// asAsked compares a method with its completion.
func asAsked(t *testing.T, m *sqlc.Method, c sqlc.Completions) {
	t.Helper()
	to := c.Methods[m.Name]
	for i, a := range m.Args {
		if a.Via != to.Args[i] {
			t.Errorf("%s binds %s through %q, want %q", m.Name, a.Expr, a.Via, to.Args[i])
		}
	}
	for i, f := range m.Scan {
		want := to.Results[i]
		if want.Type != "" && f.Type != want.Type {
			t.Errorf("%s: %s is %s, want %s", m.Name, f.Name, f.Type, want.Type)
		}
		if f.Via != want.Via {
			t.Errorf("%s: %s is scanned through %q, want %q", m.Name, f.Name, f.Via, want.Via)
		}
		if want.Name != "" && f.Name != want.Name {
			t.Errorf("%s: the field is %s, want %s", m.Name, f.Name, want.Name)
		}
	}
	if m.Name == "Sums" && m.Scan[1].Type != "*int64" {
		t.Errorf("Sums: its model has a field of type %s", m.Scan[1].Type)
	}
	if m.Name == "Whole" && m.Row != "WholeRow" {
		t.Errorf("Whole returns %s, want a type of its own", m.Row)
	}
}

func texts(p *sqlc.Package) map[string]string {
	m := map[string]string{}
	for name, content := range p.Files {
		m[name] = string(content)
	}
	return m
}

// golden compares with testdata/completed.txtar.
func golden(t *testing.T, p *sqlc.Package) {
	t.Helper()
	const path = "testdata/completed.txtar"
	got := &txtar.Archive{Comment: []byte("What Complete makes of the queries of complete_test.go.\n")}
	for _, name := range []string{"events.sql.go", "models.go", "querier.go"} {
		got.Files = append(got.Files, txtar.File{Name: name, Data: p.Files[name]})
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(txtar.Format(got))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
