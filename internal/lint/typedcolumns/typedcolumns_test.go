package typedcolumns_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/dreysql/drey/internal/lint/typedcolumns"
	"github.com/dreysql/drey/internal/project"
)

const root = "../../.."

// second is a block whose database has one of the tables of the first, too.
const second = `
  - engine: sqlite
    schema: audit
    queries: sql
    gen: {go: {out: internal/audit}}

options:`

// The fixtures are in a module with the generated package of this repository, and
// with a second block.
func TestFix(t *testing.T) {
	dir := t.TempDir()
	for to, from := range map[string]string{
		"service": "testdata/service", "internal/db": root + "/internal/db", "migrations": root + "/migrations", "sql": root + "/sql",
	} {
		if err := os.CopyFS(filepath.Join(dir, filepath.FromSlash(to)), os.DirFS(filepath.FromSlash(from))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum", "sqlc.yaml"} {
		content, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		content = []byte(strings.Replace(string(content), "module github.com/dreysql/drey", "module example.com/shop", 1))
		if name == "sqlc.yaml" {
			content = []byte(strings.Replace(string(content), "\noptions:", second, 1))
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const audit = "-- +goose Up\nCREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
	if err := os.Mkdir(filepath.Join(dir, "audit"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "audit", "00001_tags.sql"), []byte(audit), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	analysistest.RunWithSuggestedFixes(t, dir, typedcolumns.New(&project.Projects{}), "./service")
}
