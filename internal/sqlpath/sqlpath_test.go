package sqlpath_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/dreysql/drey/internal/sqlpath"
)

func TestMatch(t *testing.T) {
	dir := t.TempDir()
	for _, root := range []string{"plain", "a[b]*?", `back\slash`} {
		root = filepath.Join(dir, root)
		for _, name := range []string{"p/sql/b.sql", "p/sql/a.sql", "p/sql/c.txt", "out/d.sql"} {
			name = filepath.Join(root, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for p, want := range map[string][]string{
			"sql":            {"sql"},
			"sql/a.sql":      {"sql/a.sql"},
			"nosuch":         {"nosuch"},
			"sql/*.sql":      {"sql/a.sql", "sql/b.sql"},
			"s?l/[ac].*":     {"sql/a.sql", "sql/c.txt"},
			"sql/*.go":       nil,
			"../out/[a-z].*": {"../out/d.sql"},
			"../*":           {"../out", "."},
		} {
			got, err := sqlpath.Match(filepath.Join(root, "p"), p)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("Match(%s/p, %s) = %q, %v, want %q", root, p, got, err, want)
			}
		}
		if _, err := sqlpath.Match(root, "sql/[a"); err == nil {
			t.Error("sql/[a is no pattern")
		}
	}
}
