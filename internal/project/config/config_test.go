package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/sqlc/sqlctest"
)

func TestMain(m *testing.M) { sqlctest.Main(m) }

// project makes a folder with the folders migrations and sql, and with files by
// name and content.
func project(tb testing.TB, files ...string) string {
	tb.Helper()
	dir := tb.TempDir()
	for _, folder := range []string{"migrations", "sql"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
			tb.Fatal(err)
		}
	}
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func load(tb testing.TB, files ...string) *config.Config {
	tb.Helper()
	cfg, err := config.Load(project(tb, files...))
	if err != nil {
		tb.Fatal(err)
	}
	return cfg
}

var blocks = cmp.Options{cmpopts.IgnoreUnexported(config.Block{}), cmpopts.EquateEmpty()}

func TestLoad(t *testing.T) {
	cfg := load(t, "sqlc.yaml", `version: 2
overrides:
  go:
    rename: {url: Address, slug: Word}
    overrides: [{db_type: JSON, engine: sqlite, go_type: {type: JSON}}]
cloud: {project: p}
servers: [{uri: "sqlite://x"}]
plugins: [{name: py, wasm: {url: "file://x"}}]
rules: [{name: no-delete, rule: "true", message: m}]
sql:
  - engine: postgresql
    schema: elsewhere
    queries: elsewhere
  - name: main
    engine: sqlite
    schema: migrations
    queries: [sql, sql/crud]
    database: {managed: true}
    analyzer: {database: false}
    rules: [no-delete]
    strict_order_by: false
    gen:
      json: {out: json}
      go:
        out: ./internal/db/
        build_tags: "!js"
        emit_methods_with_db_argument: true
        emit_exact_table_names: true
        inflection_exclude_table_names: [news]
        rename: {slug: Slug}
        initialisms: []
    codegen: [{plugin: py, out: py}]
  - name: reporting
    engine: sqlite
    schema: migrations
    queries: "sql"
    gen: {go: {package: reporting, out: .}}
options:
  py: {anything: 1}
  drey:
    crud:
      skip:
        clicks: [update, upsert]
        audit_log: all
    enums: true
    blocks:
      reporting: {crud: false, enums: [clicks.device, links.kind], tenant: [links.user_id]}
    tenant: account_id
`)
	want := []*config.Block{
		{
			Name: "main", Line: 14, Schema: []string{"migrations"}, Queries: []string{"sql", "sql/crud"},
			Package: "db", Out: "internal/db", BuildTags: "!js", MethodsWithDBArgument: true,
			Names: names.Options{
				ExactTableNames: true, InflectionExclude: []string{"news"}, Initialisms: []string{},
				Rename: map[string]string{"url": "Address", "slug": "Word"}, // the global ones win, as in sqlc
			},
			Enums:  config.Enums{All: true},
			Tenant: &config.Tenant{Column: "account_id", Line: 48},
			CRUD: &config.CRUD{
				Skip:  map[string][]string{"clicks": {"update", "upsert"}, "audit_log": {"all"}},
				Lines: map[string]int{"clicks": 43, "audit_log": 44},
			},
		},
		{
			Name: "reporting", Line: 33, Schema: []string{"migrations"}, Queries: []string{"sql"},
			Package: "reporting", Out: ".", CRUD: &config.CRUD{Off: true},
			Enums:  config.Enums{Columns: map[string]int{"clicks.device": 47, "links.kind": 47}},
			Tenant: &config.Tenant{Columns: map[string]int{"links.user_id": 47}},
			Names:  names.Options{Rename: map[string]string{"url": "Address", "slug": "Word"}},
		},
	}
	if diff := cmp.Diff(want, cfg.Blocks, blocks); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
	skipped := []string{
		"sqlc.yaml:11: a block of engine postgresql is left to sqlc generate",
		"sqlc.yaml:23: gen.json is left to sqlc generate",
		"sqlc.yaml:32: the plugin py is left to sqlc generate",
	}
	if diff := cmp.Diff(skipped, cfg.Skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	if got := cfg.Blocks[0].Names.Initialisms; got == nil {
		t.Error("initialisms: [] means that there are none, and nil means sqlc's own")
	}
}

// TestSameBlock writes one configuration in every way that sqlc reads.
func TestSameBlock(t *testing.T) {
	want := load(t, "sqlc.yaml", `{version: "2", sql: [{engine: sqlite, schema: migrations, queries: sql, gen: {go: {out: db, build_tags: a}}}]}`).Blocks
	for _, files := range [][]string{
		{"sqlc.yml", "version: \"2\"\nsql:\n- engine: sqlite\n  schema: [migrations]\n  queries: [sql]\n  gen:\n    go:\n      out: db\n      build_tags: a\n"},
		{"sqlc.json", "{\n\t\"version\": \"2\",\n\t\"sql\": [{\"engine\": \"sqlite\", \"schema\": \"migrations\", \"queries\": [\"sql\"],\n\t\t\"gen\": {\"go\": {\"out\": \"db\", \"build_tags\": \"a\"}}}]\n}\n"},
		{"sqlc.yaml", "# comment\nversion: 2\nsql:\n  - {engine: sqlite, schema: migrations, queries: sql, name: ~, codegen: null, gen: {go: {out: ./db, build_tags: a}}}\noptions:\n  drey:\n    crud:\n",
			"sqlc.yml", "sqlc reads sqlc.yaml first"},
		{"sqlc.yaml", `version: "2"
sql:
  - {engine: postgresql, schema: &s migrations, gen: &g {go: &o {out: other, build_tags: a}}}
  - {engine: sqlite, schema: *s, queries: sql, gen: {<<: *g, go: {<<: [{out: db}, *o], package: db}}}
`},
	} {
		got := load(t, files...).Blocks
		for _, b := range got {
			b.Line = want[0].Line
		}
		if diff := cmp.Diff(want, got, blocks); diff != "" {
			t.Errorf("%s (-want +got):\n%s", files[1], diff)
		}
	}
}

// TestBeyondTheFolder: paths may lead out of the project.
func TestBeyondTheFolder(t *testing.T) {
	dir := project(t, "sql/q.sql", "")
	inner := filepath.Join(dir, "inner")
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	content := `{version: "2", sql: [{engine: sqlite, schema: ../migrations, queries: ["../sql/*.sql"], gen: {go: {out: ../internal/db}}}]}`
	if err := os.WriteFile(filepath.Join(inner, "sqlc.yaml"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(inner)
	if err != nil {
		t.Fatal(err)
	}
	want := []*config.Block{{Line: 1, Schema: []string{"../migrations"}, Queries: []string{"../sql/*.sql"}, Package: "db", Out: "../internal/db", CRUD: &config.CRUD{}}}
	if diff := cmp.Diff(want, cfg.Blocks, blocks); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
