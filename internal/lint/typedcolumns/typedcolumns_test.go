package typedcolumns_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/dreysql/drey/internal/lint/typedcolumns"
)

const root = "../../.."

// The fixtures are in a module with the generated package of this repository.
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
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	analysistest.RunWithSuggestedFixes(t, dir, typedcolumns.Analyzer, "./service")
}
