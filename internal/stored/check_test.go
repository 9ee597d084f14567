package stored_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/migration"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/stored"
)

// check applies a migration, whose statements begin on line 2, and checks it.
func check(t *testing.T, up string) string {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "1_x.sql"), []byte("-- +goose Up\n"+up), 0o644))
	files, err := migration.Load(dir, []string{"."})
	must(t, err)
	m, err := sqlite.NewMemory()
	must(t, err)
	defer m.Close()
	applied, err := migration.Apply(ctx, m, files, nil)
	must(t, err)
	db, err := m.Open(nil)
	must(t, err)
	defer db.Close()
	s, err := schema.Read(ctx, db)
	must(t, err)
	problems, err := stored.Check(ctx, db, s, declared, migration.FindPlaces(applied))
	must(t, err)
	return strings.TrimPrefix(problems.Error(), "1_x.sql:")
}

func TestCheck(t *testing.T) {
	for _, c := range []struct{ name, up, want string }{
		{"a default behind a rebuild", `CREATE TABLE t (id INTEGER);
CREATE TABLE t_new (
  id INTEGER,
  n INTEGER
    DEFAULT 'none'
);
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;
ALTER TABLE t RENAME COLUMN n TO m;`, "5: the default of t.m stores 'none'"},
		{"a column that is added", "CREATE TABLE t (id INTEGER);\nALTER TABLE t ADD COLUMN ok BOOLEAN NOT NULL DEFAULT 'no';", "3: the default of t.ok stores 'no', where Go writes 0"},
		{"rows that are there get the default", "CREATE TABLE t (id INTEGER);\nINSERT INTO t VALUES (1);\nALTER TABLE t ADD COLUMN ok BOOLEAN NOT NULL DEFAULT 'no';", "1 row of t.ok has 'no'"},
		{"a default that is gone", "CREATE TABLE t (id INTEGER, n INTEGER DEFAULT 'x');\nALTER TABLE t DROP COLUMN n;", ""},
		{"a trigger", `CREATE TABLE t (id INTEGER PRIMARY KEY, updated_at DATETIME);
-- +goose StatementBegin
CREATE TRIGGER touch AFTER UPDATE ON t WHEN OLD.id = 1
BEGIN
  UPDATE t
  SET updated_at = strftime("%Y-%m-%dT%H:%M:%SZ", 'now')
  WHERE id = NEW.id;
END;
-- +goose StatementEnd`, "7: trigger touch writes into t.updated_at '"},
		{"a trigger that is right", `CREATE TABLE t (id INTEGER PRIMARY KEY, updated_at DATETIME, ok BOOLEAN, of INTEGER);
-- +goose StatementBegin
CREATE TRIGGER touch AFTER UPDATE ON t
BEGIN
  UPDATE t SET updated_at = CURRENT_TIMESTAMP, ok = NEW.ok OR 'x', of = (SELECT id FROM t) WHERE id = NEW.id;
  INSERT INTO t (updated_at) SELECT coalesce(NEW.updated_at, datetime('now')) WHERE NEW.id > 1;
END;
-- +goose StatementEnd`, ""},
		{"a trigger that inserts", `CREATE TABLE t (id INTEGER PRIMARY KEY);
CREATE TABLE log (at DATE, what TEXT, ok BOOLEAN);
-- +goose StatementBegin
CREATE TRIGGER noted AFTER INSERT ON t BEGIN
  INSERT INTO log VALUES (CURRENT_DATE, 'insert',
    CASE WHEN NEW.id > 1 THEN 'yes' ELSE 0 END);
END;
-- +goose StatementEnd`, "7: trigger noted writes into log.ok 'yes', where Go writes 1"},
		{"a row", "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME);\nINSERT INTO t (at) VALUES ('2026-01-31 00:00:00');\nINSERT INTO t (at)\nVALUES ('2026-01-31T10:00:00Z');",
			"4: after the migrations 1 row of t.at has '2026-01-31T10:00:00Z', where Go writes '2026-01-31 10:00:00'"},
		{"rows that are mended", "CREATE TABLE t (id INTEGER PRIMARY KEY, ok BOOLEAN);\nINSERT INTO t (ok) VALUES ('true');\nUPDATE t SET ok = 1 WHERE ok = 'true';", ""},
		{"a NULL in a key", "CREATE TABLE t (id TEXT PRIMARY KEY);\nINSERT INTO t VALUES (NULL);", "3: after the migrations 1 row of t.id has NULL, which Go cannot read as string"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := check(t, c.up)
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}
