package verify_test

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/crud"
	"github.com/dreysql/drey/internal/query"
	"github.com/dreysql/drey/internal/sqlcgen"
	"github.com/dreysql/drey/internal/verify"
)

// TestQuiet verifies projects of queries that are right, together with the CRUD
// queries of their tables.
func TestQuiet(t *testing.T) {
	paths, err := filepath.Glob("testdata/quiet/*.txtar")
	must(t, err)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			must(t, err)
			p := open(t, archive)
			p.addCRUD(t)
			if refused := p.generate(t); refused != nil {
				t.Fatalf("sqlc refuses it:\n%v", refused)
			}
			problems, warnings := verify.Package(p.input)
			for _, problem := range append(problems, warnings...) {
				t.Error(problem)
			}
			t.Logf("%d queries", len(p.input.Queries))
		})
	}
}

// addCRUD adds the generated queries.
func (p *project) addCRUD(t *testing.T) {
	t.Helper()
	files, _, err := crud.Generate(p.input.Schema, crud.Options{Names: p.input.Names, Written: p.input.Queries})
	must(t, err)
	for name, content := range files {
		path := "sql/crud/" + name
		p.files = append(p.files, sqlcgen.File{Path: path, Content: []byte(content)})
		queries, err := query.Parse(path, []byte(content))
		must(t, err)
		p.input.Queries = append(p.input.Queries, queries...)
	}
}
