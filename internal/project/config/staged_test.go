package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/sqlc/sqlctest"
)

// place puts everything of a block into a folder of its own.
func place(block int) (schema string, queries []string, out string) {
	return fmt.Sprintf("%d/schema", block), []string{fmt.Sprintf("%d/*", block)}, fmt.Sprintf("%d/out", block)
}

func staged(tb testing.TB, cfg *config.Config) string {
	tb.Helper()
	content, err := cfg.Staged(place)
	if err != nil {
		tb.Fatal(err)
	}
	return string(content)
}

// TestStaged: sqlc gets the part of a configuration that makes the Go of
// drey's blocks, and nothing that asks a database, a server or a plugin.
func TestStaged(t *testing.T) {
	cfg := load(t, "sqlc.yaml", `version: "2"
cloud: {project: p}
plugins: [{name: py, wasm: {url: "file://x"}}]
overrides: {go: {rename: {größe: Größe}}}
rules: [{name: a, rule: b, message: c}]
sql:
  - {engine: postgresql, schema: pg, queries: pg, gen: {go: &pg {out: pg, emit_json_tags: true}}}
  - name: main # the first
    engine: sqlite
    schema: migrations
    queries: [sql, sql/crud]
    database: {uri: "file:x"}
    strict_function_checks: true
    strict_order_by: false
    analyzer: {database: only}
    rules: [a]
    codegen: [{plugin: py, out: py}]
    gen:
      json: {out: json}
      go:
        <<: *pg
        out: internal/db
        query_parameter_limit: 0
        overrides:
          # a comment
          - {db_type: TEXT, go_type: {import: example.com/a, type: A}}
  - {engine: sqlite, schema: migrations, queries: sql, gen: {go: {package: two, out: two}}}
options: {drey: {crud: false}}
`)
	const want = `version: "2"
overrides: {go: {rename: {größe: Größe}}}
sql:
    - engine: sqlite
      strict_function_checks: true
      strict_order_by: false
      schema: "0/schema"
      queries:
        - "0/*"
      gen:
        go:
            out: "0/out"
            query_parameter_limit: 0
            overrides:
                - {db_type: TEXT, go_type: {import: example.com/a, type: A}}
            emit_json_tags: true
            package: "db"
      name: main
    - engine: sqlite
      schema: "1/schema"
      queries:
        - "1/*"
      gen:
        go:
            package: "two"
            out: "1/out"
`
	if diff := cmp.Diff(want, staged(t, cfg)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if first, second := staged(t, cfg), staged(t, cfg); first != second {
		t.Error("the second is not the first")
	}
}

// files are the contents of a folder's files by path.
func files(tb testing.TB, dir string) map[string]string {
	tb.Helper()
	contents := map[string]string{}
	if err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		contents[strings.TrimPrefix(path, dir)] = string(content)
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	return contents
}

// TestConversion has sqlc generate from version 1 and from what is told to be
// the same in version 2.
func TestConversion(t *testing.T) {
	one := "version: \"1\"\n" + `
overrides: [{db_type: INTEGER, go_type: {type: Number}}]
rename: {slug: Word}
packages:
  - name: links
    path: out
    engine: sqlite
    schema: migrations
    queries: [sql]
    strict_order_by: false
    emit_json_tags: true
    overrides: [{column: links.id, go_type: {type: ID}}]
`
	project := func(name, content string) map[string]string {
		return map[string]string{name: content, "migrations/a.sql": "CREATE TABLE links (id INTEGER PRIMARY KEY, slug TEXT, n INTEGER NOT NULL);",
			"sql/q.sql": "-- name: List :many\nSELECT * FROM links ORDER BY nosuch;"}
	}
	dir := sqlctest.Generate(t, project("sqlc.yaml", one))
	_, err := config.Load(dir)
	var problems diag.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("Load: %v", err)
	}
	two, ok := strings.CutPrefix(problems[0].Fix, "drey init --write does that; or write this instead:\n")
	if !ok {
		t.Fatalf("the fix: %s", problems[0].Fix)
	}
	want := files(t, filepath.Join(dir, "out"))
	if diff := cmp.Diff(want, files(t, filepath.Join(sqlctest.Generate(t, project("sqlc.yml", two)), "out"))); diff != "" {
		t.Errorf("%s\n-version 1 +version 2:\n%s", two, diff)
	}
}

// TestKnownKeys has sqlc read every key that drey lets pass.
func TestKnownKeys(t *testing.T) {
	content := `version: "2"
cloud:
servers:
overrides:
plugins:
rules:
options:
sql:
  - name:
    engine: sqlite
    schema: migrations
    queries: sql
    database:
    strict_function_checks:
    strict_order_by:
    codegen:
    rules:
    analyzer:
    gen: {json: , go: {out: db}}
`
	dir := sqlctest.Generate(t, map[string]string{"sqlc.yaml": content, "migrations/a.sql": "", "sql/q.sql": "-- name: One :one\nSELECT 1;"})
	if _, err := config.Load(dir); err != nil {
		t.Error(err)
	}
}

// TestExplain: the lines that sqlc tells are those of what was staged.
func TestExplain(t *testing.T) {
	cfg := load(t, "sqlc.yaml", `version: "2"
sql:
  - gen:
      go: &go
        out: db
        emit_rainbows: true
    engine: sqlite
    queries: sql
    schema: migrations
  - engine: sqlite
    queries: sql
    schema: migrations
    gen: {go: {<<: *go, wrap_errors: true, emit_interface: perhaps,
       out: two}}
`)
	line := func(text string) int {
		before, _, ok := strings.Cut(staged(t, cfg), text)
		if !ok {
			t.Fatalf("%s is not in\n%s", text, staged(t, cfg))
		}
		return strings.Count(before, "\n") + 1
	}
	cause := errors.New("the cause")
	located := &diag.Problem{File: "sql/q.sql", Line: 3, Msg: "sqlc: of a query", Err: cause}
	err := cfg.Explain(diag.Problems{
		{Msg: fmt.Sprintf("sqlc: error parsing sqlc.yaml: yaml: unmarshal errors:\n  line %d: field emit_rainbows not found in type opts.Options\n  line %d: cannot unmarshal !!str `perhaps` into bool",
			line("emit_rainbows"), line("emit_interface")), Err: cause},
		{Msg: "sqlc: error parsing sqlc.yaml: no line", Err: cause},
		{Msg: "not of sqlc", Err: cause},
		located,
	})
	const see = "\n\tfix: see https://docs.sqlc.dev/en/latest/reference/config.html"
	const want = "not of sqlc\n" +
		"sql/q.sql:3: sqlc: of a query\n" +
		"sqlc.yaml: sqlc: no line" + see + "\n" +
		"sqlc.yaml:6:9: sqlc knows no option \"emit_rainbows\" here" + see + "\n" +
		"sqlc.yaml:13:60: sqlc: cannot unmarshal !!str `perhaps` into bool" + see
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	if got := cfg.Explain(cause); got != cause {
		t.Errorf("Explain(%v) = %v", cause, got)
	}
}

// FuzzLoad: a configuration is refused at a place, or what is staged of it is a
// configuration again, with as many blocks.
func FuzzLoad(f *testing.F) {
	f.Add(head + good + ", gen: {go: {out: db}}}\n")
	f.Add("{\"version\": \"2\", \"sql\": [{\"engine\": \"sqlite\", \"schema\": \"migrations\", \"queries\": [\"sql\"], \"gen\": {\"go\": {\"out\": \"db\"}}}]}")
	f.Add(head + "  - &a {engine: sqlite, schema: migrations, queries: sql, gen: {go: &g {out: db}}}\n  - {<<: *a, gen: {go: {<<: [*g, {package: x}], out: b}}}\n")
	f.Add(head + good + ", gen: {go: {out: db, overrides: [{column: a.b, go_type: '*x'}]}}}\noverrides: {go: {rename: {a: b}}}\noptions: {drey: {crud: {skip: {a: all}}, blocks: {a: {crud: false}}}}\n")
	f.Add("version: 1\npackages: [{name: a, path: b, schema: c}]\nrename: {}\n")
	f.Add("a: &a [*a]\n")
	f.Add("? {a: b}\n: c\n? [d]\n: !!binary x\n")
	dir := project(f)
	f.Fuzz(func(t *testing.T, content string) {
		if err := os.WriteFile(filepath.Join(dir, "sqlc.yaml"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(dir)
		if err != nil {
			var problems diag.Problems
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("%v is no list of problems", err)
			}
			for _, p := range problems {
				if p.File != "sqlc.yaml" || p.Msg == "" || p.Line > strings.Count(content, "\n")+1 {
					t.Errorf("%v", p)
				}
			}
			return
		}
		var doc struct {
			SQL []map[string]any `yaml:"sql"`
		}
		if err := yaml.Unmarshal([]byte(staged(t, cfg)), &doc); err != nil || len(doc.SQL) != len(cfg.Blocks) {
			t.Fatalf("%v\n%s\nis staged as\n%s", err, content, staged(t, cfg))
		}
	})
}

// sqlc compares the names of an override letter by letter, and has tables in small
// letters. SQLite does not look at capitals.
func TestSpell(t *testing.T) {
	cfg := load(t, "sqlc.yaml", `version: "2"
overrides: {go: {rename: {a: B}, overrides: [{column: "*.SENT_AT", go_type: {type: UnixTime}}, {column: "main.Orders.total", go_type: {type: Cents}}]}}
sql:
  - engine: sqlite
    schema: migrations
    queries: sql
    gen:
      go:
        out: internal/db
        overrides:
          - {column: "Orders.META", go_type: {type: JSON}}
          - {column: "lines.me*", go_type: {type: JSON}}
          - {column: "nothing.Here", go_type: {type: JSON}}
          - {db_type: TEXT, go_type: {type: Text}}
`)
	block := cfg.Blocks[0]
	columns := [][2]string{{"Orders", "Meta"}, {"Orders", "Total"}, {"Orders", "sent_at"}, {"lines", "Meta"}, {"lines", "Memo"}}
	block.Spell(func(yield func(table, column string) bool) {
		for _, c := range columns {
			if !yield(c[0], c[1]) {
				return
			}
		}
	})
	var got struct {
		Overrides struct {
			Go struct {
				Rename    map[string]string
				Overrides []struct{ Column string }
			}
		}
		SQL []struct {
			Gen struct {
				Go struct{ Overrides []struct{ Column string } }
			}
		} `yaml:"sql"`
	}
	if err := yaml.Unmarshal([]byte(staged(t, cfg)), &got); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range append(got.Overrides.Go.Overrides, got.SQL[0].Gen.Go.Overrides...) {
		names = append(names, o.Column)
	}
	want := []string{"*.sent_at", "main.orders.Total", "orders.Meta", "lines.Memo", "lines.Meta", "nothing.Here", ""}
	if diff := cmp.Diff(want, names); diff != "" || got.Overrides.Go.Rename["a"] != "B" {
		t.Errorf("rename %v, columns (-want +got):\n%s", got.Overrides.Go.Rename, diff)
	}
	if idle := block.IdleOverrides(func(yield func(table, column string) bool) { yield("Orders", "Meta") }); len(idle) != 2 {
		t.Errorf("idle: %v", idle)
	}
}
