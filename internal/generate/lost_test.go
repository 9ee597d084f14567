package generate_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/generate"
)

// hostile are schemas, options and Go files with which some generated query is
// not possible. The project's own query and the sources are there all the same.
var hostile = []struct {
	name, ddl, config, code string
	warnings                []string // in order
	lacks, has              []string // methods of Queries
}{
	{
		name: "a foreign key to a column that is not a key",
		ddl: "CREATE TABLE parents (id INTEGER PRIMARY KEY, code TEXT);\n" +
			"CREATE TABLE children (id INTEGER PRIMARY KEY, code TEXT REFERENCES parents (code));",
		warnings: []string{
			"migrations/00001_a.sql:3: table parents has no generated ",
			"migrations/00001_a.sql:4: table children has no generated ",
		},
		lacks: []string{"CreateParent", "CreateChild"}, has: []string{"GetParent", "ListChildren"},
	},
	{
		name:     "a foreign key to a table that does not exist",
		ddl:      "CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents (id));",
		warnings: []string{"migrations/00001_a.sql:3: table children has no generated "},
		lacks:    []string{"CreateChild"}, has: []string{"GetChild", "ListChildren"},
	},
	{
		name: "methods and types in Go",
		ddl:  "CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT NOT NULL);",
		code: "package db\n\nfunc (q *Queries) GetDoc() {}\n\ntype CreateDocParams struct{}\n\nfunc listDocs() {}\n",
		warnings: []string{
			"migrations/00001_a.sql:3: table docs has no generated CreateDoc, GetDoc, ListDocs: ",
		},
		lacks: []string{"CreateDoc", "ListDocs"}, has: []string{"CountDocs", "UpdateDoc"},
	},
	{
		name: "names without a singular of their own",
		ddl: "CREATE TABLE s (id INTEGER PRIMARY KEY); CREATE TABLE ss (id INTEGER PRIMARY KEY); CREATE TABLE data (id INTEGER PRIMARY KEY);" +
			" CREATE TABLE datum (id INTEGER PRIMARY KEY); CREATE TABLE user (id INTEGER PRIMARY KEY); CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);",
		warnings: []string{
			`sqlc.yaml:3: table "datum" has no generated ListData, CountData: table "data" has queries of those names`,
			`sqlc.yaml:3: table "users" has no generated ListUsers, CountUsers: table "user" has queries of those names`,
		},
		has: []string{"GetS", "GetSs", "GetData", "GetDatum", "GetUser", "GetUsers"},
	},
	{
		name: "a trigger that SQLite cannot run",
		ddl: "CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT NOT NULL);\n" +
			"CREATE TRIGGER broken AFTER UPDATE ON docs BEGIN INSERT INTO nowhere VALUES (1); END;",
		warnings: []string{"migrations/00001_a.sql:3: table docs has no generated UpdateDoc, UpsertDoc: "},
		lacks:    []string{"UpdateDoc", "UpsertDoc"}, has: []string{"GetDoc", "CreateDoc"},
	},
}

// TestLostQueries: CRUD does not stop a project.
func TestLostQueries(t *testing.T) {
	for _, test := range hostile {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, content := range map[string]string{
				"sqlc.yaml":              faultyConfig + test.config + "options: {drey: {runtime: " + generate.SharedPath + "}}\n",
				"sql/own.sql":            "-- name: Own :many\nSELECT own.name FROM own;\n",
				"migrations/00001_a.sql": "-- +goose Up\n-- +goose StatementBegin\n" + test.ddl + "\n-- +goose StatementEnd\n",
				"migrations/00002_o.sql": "-- +goose Up\nCREATE TABLE own (name TEXT NOT NULL PRIMARY KEY);\n",
				"db/own.go":              test.code,
			} {
				if content == "" {
					continue
				}
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for _, name := range []string{"go.mod", "go.sum"} {
				content, err := os.ReadFile(filepath.Join("..", "..", name))
				if err != nil {
					t.Fatal(err)
				}
				if name == "go.mod" {
					content = generate.SharedModule(content, "example.com/hostile", generate.SharedRuntime(t))
				}
				if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			result, err := generate.Run(t.Context(), generate.Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			if err := result.Write(t.Context()); err != nil {
				t.Fatal(err)
			}
			var warned []string
			for _, w := range result.Warnings {
				warned = append(warned, w.Error())
			}
			if len(warned) != len(test.warnings) {
				t.Errorf("the warnings are\n%s", strings.Join(warned, "\n"))
			}
			for i := range min(len(warned), len(test.warnings)) {
				if !strings.HasPrefix(warned[i], test.warnings[i]) {
					t.Errorf("got %s\nwant %s", warned[i], test.warnings[i])
				}
			}
			var code strings.Builder
			files, _ := filepath.Glob(filepath.Join(dir, "db", "*.sql.go"))
			for _, file := range files {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				code.Write(content)
			}
			for _, name := range append(test.has, "Own", "GetOwn") {
				if !strings.Contains(code.String(), "func (q *Queries) "+name+"(") {
					t.Errorf("there is no %s", name)
				}
			}
			for _, name := range test.lacks {
				if strings.Contains(code.String(), "func (q *Queries) "+name+"(") {
					t.Errorf("there is %s", name)
				}
			}
			cmd := exec.Command("go", "vet", "./db")
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("go vet: %v\n%s", err, out)
			}
			if again, err := generate.Run(t.Context(), generate.Options{Dir: dir}); err != nil || len(again.Changes) > 0 {
				t.Errorf("a second run: %v, %d changes", err, len(again.Changes))
			}
		})
	}
}
