package stored_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
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
	s, err := schema.Read(ctx, db, migration.VersionTable)
	must(t, err)
	must(t, db.Close())
	problems, warnings, err := stored.Check(ctx, m, s, declared, migration.FindPlaces(applied))
	must(t, err)
	got := strings.TrimPrefix(problems.Error(), "1_x.sql:")
	for _, w := range warnings {
		got += strings.ReplaceAll("\nwarning: "+w.Error(), "1_x.sql:", "")
	}
	return got
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
		{"a trigger with names in quotes", `CREATE TABLE t (id INTEGER PRIMARY KEY, "ok" BOOLEAN, "flag" BOOLEAN, at DATETIME);
-- +goose StatementBegin
CREATE TRIGGER "copied" AFTER UPDATE OF "flag" ON "t" BEGIN
  UPDATE "t" SET "ok" = "flag", "at" = coalesce("t"."at", CURRENT_TIMESTAMP) WHERE "id" = NEW."id";
END;
-- +goose StatementEnd`, ""},
		{"a trigger that selects from a subquery", `CREATE TABLE t (id INTEGER PRIMARY KEY, ok BOOLEAN);
-- +goose StatementBegin
CREATE TRIGGER noted AFTER UPDATE ON t BEGIN
  INSERT INTO t (ok) SELECT "x" FROM (SELECT NEW.ok AS "x");
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
		{"a generated date", "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME NOT NULL,\n  day DATE AS (date(at)), of_at DATE AS (at));", "3: the generated column t.of_at can be '2026-01-02 03:04:01', where Go writes '2026-01-02'"},
		{"a generated time", "CREATE TABLE t (id INTEGER PRIMARY KEY, unix INTEGER NOT NULL,\n  at DATETIME AS (strftime('%Y-%m-%dT%H:%M:%SZ', unix, 'unixepoch')) STORED, right DATETIME AS (datetime(unix, 'unixepoch')));", "3: the generated column t.at can be '1970-01-01T02:30:02Z'"},
		{"a generated flag", "CREATE TABLE t (flags INTEGER NOT NULL, first BOOLEAN AS (flags & 1),\n  second BOOLEAN AS (flags & 2), third BOOLEAN AS (flags & 4 > 0));", "3: the generated column t.second can be 2, where Go writes 1"},
		{"a generated integer of text", "CREATE TABLE t (a TEXT NOT NULL, b TEXT NOT NULL, n INTEGER AS (length(a)),\n  m INTEGER AS (a || b), o INTEGER AS (CAST(a || b AS INTEGER)));", "\nwarning: 3: the generated column t.m can be 'a9002a9002', which Go cannot read as int64"},
		{"generated columns that are right", "CREATE TABLE t (a TEXT, d DATETIME, year INTEGER AS (strftime('%Y', d)), n REAL AS (length(a) / 2.0), doc TEXT CHECK (json_valid(doc)), size INTEGER AS (json_extract(doc, '$.size')), host TEXT AS (substr(a, 2)));", ""},
		{"a check of words in a flag", "CREATE TABLE t (id INTEGER PRIMARY KEY,\n  ok BOOLEAN NOT NULL CHECK (ok IN ('yes', 'no')));", "3: no bool that Go writes into t.ok satisfies the CHECK ok IN ('yes', 'no')"},
		{"a check of words in an integer", "CREATE TABLE t (id INTEGER PRIMARY KEY, kind INTEGER CHECK (kind IN ('a', 'b')));", "2: no int64 that Go writes into t.kind satisfies the CHECK kind IN ('a', 'b')"},
		{"a check of another form of time", "CREATE TABLE t (at DATETIME NOT NULL CHECK (at GLOB '????-??-??T??:??:??Z'));", "2: no time.Time that Go writes into t.at satisfies the CHECK at GLOB '????-??-??T??:??:??Z'"},
		{"checks that are right", "CREATE TABLE t (kind TEXT CHECK (kind IN ('a', 'b')), n INTEGER CHECK (n <> 9001 AND kind <> 'x'), ok BOOLEAN CHECK (ok IN (0, 1)), size INTEGER CHECK (size IN (3, 5)), d DATE CHECK (d = date(d)), at DATETIME CHECK (at = datetime(at)));", ""},
		{"a time that is read as a string", "CREATE TABLE t (id INTEGER PRIMARY KEY,\n  \"at string\" DATETIME, \"on string\" TEXT, \"day *time.Time\" DATE);", "\nwarning: 3: column t.at string is declared DATETIME and is of type string in Go"},
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
