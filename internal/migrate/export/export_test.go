package export_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/migrate/export"
	"github.com/dreysql/drey/internal/project/migration"
)

func load(t *testing.T, content string) []migration.File {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "00001_a.sql"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := migration.Load(dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestRefused: each is shown at its line, and nothing is written.
func TestRefused(t *testing.T) {
	for _, tt := range []struct{ sql, want string }{
		{"BEGIN;", "BEGIN"},
		{"COMMIT;", "COMMIT"},
		{"SAVEPOINT a;", "SAVEPOINT"},
		{"RELEASE a;", "RELEASE"},
		{"ATTACH 'x' AS y;", "ATTACH"},
		{"VACUUM;", "VACUUM"},
		{"PRAGMA journal_mode = WAL;", "PRAGMA journal_mode"},
		{"PRAGMA user_version = 3;", "PRAGMA user_version"},
		{"PRAGMA foreign_keys = OFF;", "PRAGMA foreign_keys"},
		{"CREATE TEMP TABLE a (x);", "temporary"},
		{"CREATE VIRTUAL TABLE a USING rtree (i, x, y);", "module rtree"},
		{"INSERT INTO goose_db_version (version_id) VALUES (1);", "goose_db_version"},
		{"SELECT sqlite_version();", "sqlite_version"},
		{"INSERT INTO a VALUES ('" + strings.Repeat("x", 100_000) + "');", "100025 bytes"},
	} {
		files := load(t, "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n"+tt.sql+"\n")
		folder := filepath.Join(t.TempDir(), "out")
		_, err := export.Export(t.Context(), files, folder, 0)
		if err == nil || !strings.HasPrefix(err.Error(), "00001_a.sql:4: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.40s: the error is %v, want one on line 4 with %q", tt.sql, err, tt.want)
		}
		if _, err := os.Stat(folder); err == nil {
			t.Errorf("%.40s: the folder is there", tt.sql)
		}
	}
}

func TestAccepted(t *testing.T) {
	files := load(t, `-- +goose Up
PRAGMA defer_foreign_keys = ON;
CREATE TABLE "begin" (x TEXT DEFAULT 'BEGIN; VACUUM');
CREATE VIRTUAL TABLE s USING fts5(x);
-- +goose StatementBegin
CREATE TRIGGER t AFTER INSERT ON "begin" BEGIN
  SELECT 1;
END;
-- +goose StatementEnd
-- +goose Down
VACUUM;
`)
	folder := t.TempDir()
	written, err := export.Export(t.Context(), files, folder, 0)
	if err != nil || len(written) != 1 {
		t.Fatal(written, err)
	}
	got, err := os.ReadFile(written[0])
	if err != nil {
		t.Fatal(err)
	}
	const want = `-- Exported by drey from 00001_a.sql.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE "begin" (x TEXT DEFAULT 'BEGIN; VACUUM');
CREATE VIRTUAL TABLE s USING fts5(x);
CREATE TRIGGER t AFTER INSERT ON "begin" BEGIN
  SELECT 1;
END;
`
	if string(got) != want {
		t.Errorf("%s", got)
	}
}

// TestOrder: wrangler runs files in the order of their names, which has to be that of the
// migrations, and a name has one file.
func TestOrder(t *testing.T) {
	for _, tt := range []struct {
		schema []string
		want   string // "" if it is exported
	}{
		{[]string{"a.sql", "b.sql"}, ""},
		{[]string{"b.sql", "a.sql"}, "a.sql: wrangler runs files in the order of their names, and by that a.sql does not come after b.sql"},
		{[]string{"x/a.sql", "y/a.sql"}, "y/a.sql: wrangler runs files"},
		{[]string{"9_a.up.sql", "10_b.up.sql"}, "10_b.up.sql: wrangler runs files"},
		{[]string{"09_a.up.sql", "10_b.up.sql"}, ""},
	} {
		dir := t.TempDir()
		for i, name := range tt.schema {
			name = filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, fmt.Appendf(nil, "CREATE TABLE t%d (x);", i), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		files, err := migration.Load(dir, tt.schema)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(t.TempDir(), "out")
		written, err := export.Export(t.Context(), files, folder, 0)
		if tt.want == "" && (err != nil || len(written) != len(tt.schema)) {
			t.Errorf("%v: %v, %v", tt.schema, written, err)
		}
		if tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
			t.Errorf("%v: the error is %v, want %s", tt.schema, err, tt.want)
		}
	}
}
