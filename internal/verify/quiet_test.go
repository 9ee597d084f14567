package verify_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/crud"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/verify"
)

// options are sets of sqlc's options that change the Go code.
var options = map[string]string{
	"plain":     "",
	"pointers":  "emit_pointers_for_null_types: true, emit_result_struct_pointers: true, emit_params_struct_pointers: true",
	"arguments": "query_parameter_limit: 9, emit_empty_slices: true",
	"structs":   "query_parameter_limit: 0, emit_methods_with_db_argument: true",
	"prepared":  "emit_prepared_queries: true, emit_interface: true, emit_json_tags: true, emit_exported_queries: true",
	"names":     "emit_exact_table_names: true, rename: {id: Key, user_id: Owner, slug: Path, url: Slug, a: B, b: A}, initialisms: [id, url]",
}

// TestQuiet verifies projects of queries that are right, together with the CRUD
// queries of their tables, under all options.
func TestQuiet(t *testing.T) {
	paths, err := filepath.Glob("testdata/quiet/*.txtar")
	must(t, err)
	for _, path := range paths {
		for name, set := range options {
			if name != "plain" && filepath.Base(path) != "shop.txtar" {
				continue // one project is enough
			}
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+"/"+name, func(t *testing.T) {
				t.Parallel()
				archive, err := txtar.ParseFile(path)
				must(t, err)
				withOptions(archive, set)
				p := open(t, archive)
				p.addCRUD(t)
				if refused := p.generate(t); refused != nil {
					t.Fatalf("sqlc refuses it:\n%v", refused)
				}
				problems, warnings, _ := verify.Package(p.input)
				for _, problem := range append(problems, warnings...) {
					t.Error(problem)
				}
			})
		}
	}
}

// withOptions adds options to the archive's sqlc.yaml, or to the default one.
func withOptions(archive *txtar.Archive, set string) {
	if set == "" {
		return
	}
	for i := range archive.Files {
		if f := &archive.Files[i]; f.Name == "sqlc.yaml" {
			f.Data = bytes.Replace(f.Data, []byte("out: db"), []byte("out: db, "+set), 1)
			return
		}
	}
	config := strings.Replace(defaultConfig, "out: db", "out: db, "+set, 1)
	archive.Files = append(archive.Files, txtar.File{Name: "sqlc.yaml", Data: []byte(config)})
}

// addCRUD adds the generated queries.
func (p *testProject) addCRUD(t *testing.T) {
	t.Helper()
	files, _, err := crud.Generate(p.input.Schema, crud.Options{Names: p.input.Names, Written: p.input.Queries})
	must(t, err)
	for name, content := range files {
		path := "sql/crud/" + name
		p.files = append(p.files, query.File{Path: path, Content: []byte(content)})
		queries, err := query.Parse(path, []byte(content))
		must(t, err)
		p.input.Queries = append(p.input.Queries, queries...)
	}
}
