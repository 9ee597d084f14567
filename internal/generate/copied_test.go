package generate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/generate"
)

// Every generated query is accepted as a query of people's own: it begins as a
// copy, and its name wins.
func TestCopiedQueries(t *testing.T) {
	if testing.Short() {
		t.Skip("it generates much")
	}
	paths, err := filepath.Glob("../crud/testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			write := func(name, content string) {
				t.Helper()
				name = filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			config := faultyConfig
			for _, f := range archive.Files {
				switch {
				case f.Name == "schema.sql":
					if strings.Contains(string(f.Data), "JSONB") { // of whose Go type sqlc's choice cannot be read
						config += "        overrides: [{db_type: JSONB, go_type: {type: JSON}}, {db_type: JSONB, nullable: true, go_type: {type: JSON}}]\n"
					}
					write("migrations/00001_a.sql", "-- +goose Up\n-- +goose StatementBegin\n"+string(f.Data)+"-- +goose StatementEnd\n")
				case f.Name == "gen.yaml":
					options := strings.Replace(string(f.Data), "rename: {", `rename: {"100%": Hundred, `, 1) // which no other package could use
					for line := range strings.Lines(options) {
						config += "        " + line
					}
				}
			}
			write("sqlc.yaml", config)
			write("sql/own.sql", "-- name: One :one\nSELECT 1 AS one;\n")
			run := func() *generate.Result {
				t.Helper()
				result, err := generate.Run(t.Context(), generate.Options{Dir: dir})
				if err != nil {
					t.Fatal(err)
				}
				if err := result.Write(t.Context()); err != nil {
					t.Fatal(err)
				}
				return result
			}
			run()
			generated, err := filepath.Glob(filepath.Join(dir, "sql", "crud", "*.sql"))
			if err != nil || len(generated) == 0 {
				t.Fatal(generated, err)
			}
			for _, file := range generated {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				_, copied, _ := strings.Cut(string(content), "\n") // the line that says that it is generated
				write("sql/"+filepath.Base(file), copied)
			}
			run()
			if left, _ := filepath.Glob(filepath.Join(dir, "sql", "crud", "*.sql")); len(left) > 0 {
				t.Errorf("there are still %s", left)
			}
		})
	}
}
