package sqlc_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestReadBack reads back the same queries under each option of gen.go that
// changes the code. testdata/readback.txtar has the schema, the queries, and for
// each option a file with what is read; the first file has all of it and the
// others what is different from the first.
func TestReadBack(t *testing.T) {
	const golden = "testdata/readback.txtar"
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var b sqlc.Block
	var options []string
	var results []*txtar.File
	for i := range archive.Files {
		f := &archive.Files[i]
		switch {
		case f.Name == "schema.sql":
			b.Schema = migrated(t, string(f.Data))
		case strings.HasSuffix(f.Name, ".sql"):
			b.Queries = append(b.Queries, query.File{Path: f.Name, Content: f.Data})
		default:
			options = append(options, strings.TrimPrefix(f.Name, "no options"))
			results = append(results, f)
		}
	}
	packages, err := sqlc.Run(t.Context(), slices.Repeat([]sqlc.Block{b}, len(options)), config(options...))
	if err != nil {
		t.Fatal(err)
	}
	plain := describe(packages[0])
	for i, p := range packages {
		got := describe(p)
		if i > 0 {
			got = difference(got, plain)
		}
		if *update {
			results[i].Data = []byte(got)
		} else if diff := cmp.Diff(string(results[i].Data), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", results[i].Name, diff)
		}
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// difference has the lines of text that are not in plain, and the models and
// imports that are only there.
func difference(text, plain string) string {
	here, there := lines(text), lines(plain)
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !there[line] {
			b.WriteString(line)
		}
	}
	for line := range strings.Lines(plain) {
		if !here[line] && (strings.HasPrefix(line, "model ") || strings.HasPrefix(line, "import ")) {
			b.WriteString("not: " + line)
		}
	}
	return b.String()
}

func lines(text string) map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(text) {
		m[line] = true
	}
	return m
}

// describe writes down a package, everything on lines that name their method.
func describe(p *sqlc.Package) string {
	var b strings.Builder
	fmt.Fprintf(&b, "files %s\n", strings.Join(slices.Sorted(maps.Keys(p.Files)), " "))
	for _, name := range slices.Sorted(maps.Keys(p.Imports)) {
		fmt.Fprintf(&b, "import %s %s\n", name, p.Imports[name])
	}
	for _, m := range p.Models {
		fmt.Fprintf(&b, "model %s\n", structText(m))
	}
	for _, m := range p.Queries {
		fmt.Fprintf(&b, "%s %s %s: %d bytes of SQL, the last line: %s\n", m.Name, m.Cmd, m.Const,
			len(m.SQL), m.SQL[strings.LastIndexByte(strings.TrimSpace(m.SQL), '\n')+1:len(m.SQL)-1])
		fmt.Fprintf(&b, "%s takes %s\n", m.Name, fields(m.Signature))
		if m.ArgsType != nil {
			fmt.Fprintf(&b, "%s takes type %s\n", m.Name, structText(m.ArgsType))
		}
		for i, a := range m.Args {
			fmt.Fprintf(&b, "%s binds %d %s: %s %s", m.Name, i, a.Expr, a.Name, a.Type)
			if a.Slice {
				fmt.Fprintf(&b, " for %s", a.Marker)
			}
			b.WriteByte('\n')
		}
		if m.Row != "" {
			fmt.Fprintf(&b, "%s returns %s, a pointer: %t\n", m.Name, m.Row, m.RowPtr)
			fmt.Fprintf(&b, "%s scans %s\n", m.Name, fields(m.Scan))
		}
		if m.RowType != nil {
			fmt.Fprintf(&b, "%s returns type %s\n", m.Name, structText(m.RowType))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Idents)) {
		fmt.Fprintf(&b, "%s declares %s\n", p.Idents[name], name)
	}
	return b.String()
}

func structText(s *sqlc.Struct) string { return s.Name + " {" + fields(s.Fields) + "}" }

func fields(list []sqlc.Field) string {
	var parts []string
	for _, f := range list {
		parts = append(parts, strings.TrimSpace(f.Name+" "+f.Type))
	}
	return strings.Join(parts, "; ")
}

// TestModelCalledQueries: a row type may be called like sqlc's own, which the compiler
// refuses later. The rows of the other tables are models all the same.
func TestModelCalledQueries(t *testing.T) {
	b := block(t, "CREATE TABLE queries (id INTEGER PRIMARY KEY); CREATE TABLE events (id INTEGER PRIMARY KEY, at DATE);",
		"events.sql", "-- name: One :one\nSELECT * FROM events WHERE id = 1;\n\n-- name: Two :one\nSELECT * FROM events WHERE id = 2;\n")
	packages, err := sqlc.Run(t.Context(), []sqlc.Block{b}, config("emit_exact_table_names: true"))
	if err != nil {
		t.Fatal(err)
	}
	var c sqlc.Completions
	for _, m := range packages[0].Queries {
		c.Method(m.Name).Results[1] = sqlc.Result{Type: "*time.Time"}
	}
	got, err := packages[0].Complete(c)
	if err != nil {
		t.Fatal(err)
	}
	if m := got.Method("Two"); m.Row != "TwoRow" || len(got.Models) != 2 {
		t.Errorf("Two returns %s, of %d models", m.Row, len(got.Models))
	}
}
