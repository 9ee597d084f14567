package diff_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/migrate/diff"
	"github.com/dreysql/drey/internal/project/migration"
)

// FuzzStatement: goose reads a statement as it was written, whatever stands in
// its strings and comments. What it cannot read is refused, not changed.
func FuzzStatement(f *testing.F) {
	for _, seed := range [][2]string{
		{"a;\nb", ""}, {"a --b", ""}, {"x--y; --z\n", "/* c */"}, {";", "-- c"}, {"\n\n", ""}, {"a;\t\n;", "--;"}, {"é;", "-- ;\n--"},
		{"\v", ""}, {"a\r\nb", ""}, {"-- +goose Down\n", ""},
	} {
		f.Add(seed[0], seed[1])
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text, tail string) {
		if tail != "" && !strings.HasPrefix(tail, "--") && !(strings.HasPrefix(tail, "/*") && strings.Index(tail, "*/") == len(tail)-2) {
			return
		}
		if strings.ContainsAny(tail, "\n\r") {
			return // no statement in sqlite_schema ends in blank lines
		}
		sql := "CREATE TABLE a (x DEFAULT '" + strings.ReplaceAll(text, "'", "''") + "')" + tail
		name := filepath.Join(dir, "00001_a.sql")
		if err := os.WriteFile(name, []byte("-- +goose Up\n"+diff.Statement(sql)+"-- +goose Down\nDROP TABLE a;\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		files, err := migration.Load(dir, []string{"."})
		if err != nil {
			return
		}
		up := files[0].Up()
		if len(up) != 1 || len(files[0].Down()) != 1 {
			if strings.Contains(sql, "+goose") {
				return
			}
			t.Fatalf("%q is read as %v", sql, up)
		}
		got := strings.TrimSpace(strings.TrimSuffix(up[0].SQL, ";"))
		if got != strings.TrimSpace(sql) && !strings.Contains(sql, "\r") && !strings.Contains(sql, "+goose") {
			t.Fatalf("%q is read as %q", sql, got)
		}
	})
}
