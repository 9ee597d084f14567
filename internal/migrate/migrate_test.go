package migrate_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/project/migration"
)

// load writes migrations, named from 00001 on, and loads them.
func load(t *testing.T, contents ...string) []migration.File {
	t.Helper()
	dir := t.TempDir()
	for i, c := range contents {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d_m.sql", i+1)), []byte(c), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := migration.Load(dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

const family = `-- +goose Up
CREATE TABLE parents (id INTEGER PRIMARY KEY, a TEXT);
CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE);
INSERT INTO parents WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i, i FROM n;
INSERT INTO children WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i, 1 + i % 100 FROM n;
-- +goose Down
DROP TABLE children;
DROP TABLE parents;
`

func count(t *testing.T, target migrate.Target, query string) (n int) {
	t.Helper()
	db, err := target.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A rebuild that somebody wrote into a transaction keeps the 10,000 rows that
// refer to the table with ON DELETE CASCADE.
func TestRebuildKeepsChildren(t *testing.T) {
	files := load(t, family, `-- +goose Up
CREATE TABLE fresh (id INTEGER PRIMARY KEY, a INTEGER);
INSERT INTO fresh SELECT id, a FROM parents;
DROP TABLE parents;
ALTER TABLE fresh RENAME TO parents;
`)
	target := migrate.Target{Path: filepath.Join(t.TempDir(), "x.db")}
	if err := target.Run(t.Context(), files, migrate.Up(false), migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	if n := count(t, target, "SELECT count(*) FROM children JOIN parents ON parents.id = parent_id"); n != 10000 {
		t.Errorf("%d of 10,000 children are left", n)
	}
}

// A migration without a transaction that turns foreign keys on leaves them to
// the next one as they were.
func TestForeignKeysStayOff(t *testing.T) {
	files := load(t, family, `-- +goose NO TRANSACTION
-- +goose Up
PRAGMA foreign_keys = ON;
`, `-- +goose Up
DROP TABLE parents;
CREATE TABLE parents (id INTEGER PRIMARY KEY, a INTEGER);
INSERT INTO parents WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i, i FROM n;
`)
	target := migrate.Target{Path: filepath.Join(t.TempDir(), "x.db")}
	if err := target.Run(t.Context(), files, migrate.Up(false), migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	if n := count(t, target, "SELECT count(*) FROM children"); n != 10000 {
		t.Errorf("%d of 10,000 children are left", n)
	}
}

// The copy is what the file was, what is in its WAL included.
func TestBackup(t *testing.T) {
	files := load(t, family, "-- +goose Up\nDELETE FROM children;\nDELETE FROM parents;\n")
	target := migrate.Target{Path: filepath.Join(t.TempDir(), "a # b%20?.db")}
	if err := target.Run(t.Context(), files[:1], migrate.Up(false), migrate.Options{Backup: true}); err != nil {
		t.Fatal(err)
	}
	open, err := sql.Open("sqlite", target.DSN("rw"))
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close() // somebody else keeps the WAL alive
	if _, err := open.Exec("INSERT INTO parents (id) VALUES (500)"); err != nil {
		t.Fatal(err)
	}
	var name string
	var because migrate.Destroys
	err = target.Run(t.Context(), files, migrate.Up(false), migrate.Options{Backup: true, BackedUp: func(n string, d migrate.Destroys) {
		name, because = n, d
	}})
	if err != nil {
		t.Fatal(err)
	}
	if because.Path != "00002_m.sql" || because.Line != 2 {
		t.Errorf("the copy is because of %s:%d", because.Path, because.Line)
	}
	if n := count(t, migrate.Target{Path: name}, "SELECT count(*) FROM parents"); n != 101 {
		t.Errorf("the copy has %d parents", n)
	}
	if n := count(t, target, "SELECT count(*) FROM parents"); n != 0 {
		t.Errorf("the database has %d parents", n)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(target.Path), "*.part")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

func TestOpenTransaction(t *testing.T) {
	files := load(t, family, "-- +goose NO TRANSACTION\n-- +goose Up\nBEGIN;\nCREATE TABLE x (y);\n")
	target := migrate.Target{Path: filepath.Join(t.TempDir(), "x.db")}
	err := target.Run(t.Context(), files, migrate.Up(false), migrate.Options{})
	if err == nil || !strings.Contains(err.Error(), "leaves its transaction open") {
		t.Errorf("the error is %v", err)
	}
	if n := count(t, target, "SELECT max(version_id) FROM goose_db_version"); n != 1 {
		t.Errorf("the version is %d", n)
	}
}

func TestOrphans(t *testing.T) {
	files := load(t, family, "-- +goose Up\nDELETE FROM parents WHERE id = 1;\n")
	target := migrate.Target{Path: filepath.Join(t.TempDir(), "x.db")}
	err := target.Run(t.Context(), files, migrate.Up(false), migrate.Options{})
	if !errors.Is(err, migrate.ErrOrphans) {
		t.Errorf("the error is %v", err)
	}
	if n := count(t, target, "SELECT count(*) FROM parents"); n != 100 {
		t.Errorf("%d parents are left", n)
	}
}

func TestDestructive(t *testing.T) {
	for sql, want := range map[string]bool{
		"CREATE TABLE a (x);":                               false,
		"INSERT INTO a VALUES (1);":                         false,
		"ALTER TABLE a ADD COLUMN y;":                       false,
		"ALTER TABLE a RENAME TO \"drop\";":                 false,
		"DROP INDEX a_x;":                                   false,
		"DROP VIEW a;":                                      false,
		"DROP TABLE a;":                                     true,
		"alter table a drop column x;":                      true,
		"ALTER TABLE a DROP x;":                             true,
		"DELETE FROM a;":                                    true,
		"UPDATE a SET x = 1;":                               true,
		"REPLACE INTO a VALUES (1);":                        true,
		"INSERT OR REPLACE INTO a VALUES (1);":              true,
		"WITH w AS (SELECT 1) DELETE FROM a;":               true,
		"SELECT 1; DELETE FROM a;":                          true,
		"CREATE TABLE z (x); -- DELETE FROM a":              false,
		"INSERT INTO a SELECT 'DROP TABLE a' FROM a AS b_;": false,
		"WITH w AS (SELECT 1 AS \"delete\") INSERT INTO a SELECT * FROM w;": false,
		"INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING;":                  false,
		"INSERT INTO a VALUES (1) ON CONFLICT (x) DO UPDATE SET x = 2;":     true,
		"ALTER TABLE a DROP CONSTRAINT c;":                                  false,
		"PRAGMA main.writable_schema(1);":                                   true,
	} {
		files := load(t, "-- +goose Up\n-- +goose StatementBegin\n"+sql+"\n-- +goose StatementEnd\n")
		if got := (migrate.Step{File: &files[0], Up: true}).Destructive() != nil; got != want {
			t.Errorf("%s: %t", sql, got)
		}
	}
}

func TestNextName(t *testing.T) {
	now := time.Date(2026, 11, 23, 18, 30, 0, 0, time.UTC)
	numbered := load(t, "-- +goose Up\n", "-- +goose Up\n")
	for _, tt := range []struct {
		files     []migration.File
		name      string
		timestamp bool
		want      string
	}{
		{nil, "init", false, "00001_init.sql"},
		{nil, "init", true, "20261123183000_init.sql"},
		{numbered, "Add users' e-mail", false, "00003_add_users_e_mail.sql"},
		{numbered, "grün", false, "00003_grün.sql"},
	} {
		got, err := migrate.NextName(tt.files, tt.name, tt.timestamp, now)
		if err != nil || got != tt.want {
			t.Errorf("NextName(%q) = %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	if _, err := migrate.NextName(nil, "../..", false, now); err == nil {
		t.Error("a name of no letters is taken")
	}
}

func TestParseTarget(t *testing.T) {
	for dbstring, want := range map[string]string{
		"./links.db":                            "./links.db",
		"file:links.db":                         "links.db",
		"file:///var/lib/links.db?mode=rwc":     "/var/lib/links.db",
		"file:a%20b.db?_pragma=foreign_keys(1)": "a b.db",
		"links.db?_time_format=sqlite":          "links.db",
	} {
		target, err := migrate.ParseTarget(dbstring)
		if err != nil || target.Path != want {
			t.Errorf("ParseTarget(%q) = %q, %v; want %q", dbstring, target.Path, err, want)
		}
	}
	for _, dbstring := range []string{"", ":memory:", "file::memory:", "file:x?mode=memory", "file:/x?vfs=memdb"} {
		if _, err := migrate.ParseTarget(dbstring); err == nil {
			t.Errorf("%q is taken for a file", dbstring)
		}
	}
	target, err := migrate.ParseTarget("links.db?_pragma=foreign_keys(1)")
	if err != nil {
		t.Fatal(err)
	}
	if dsn := target.DSN("rwc"); !strings.Contains(dsn, "foreign_keys%281%29") || !strings.Contains(dsn, "WAL") {
		t.Errorf("the DSN is %s", dsn)
	}
}

// A migration that records its version by itself is renumbered inside as well.
func TestRenumber(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"00007_a.sql":          "-- +goose Up\nCREATE TABLE a (x);\n",
		"20260102030405_b.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO goose_db_version (version_id, is_applied) VALUES (20260102030405, 1);\n-- +goose Down\nDELETE FROM goose_db_version WHERE version_id = 20260102030405;\n",
		"20260102030406_c.sql": "-- +goose Up\nINSERT INTO a VALUES (20260102030406);\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := migration.Load(dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range migrate.Renumber(files) {
		if err := r.Rename(dir); err != nil {
			t.Fatal(err)
		}
	}
	if files, err = migration.Load(dir, []string{"."}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range files {
		f := &files[i]
		got = append(got, f.Name())
		for _, s := range append(f.Up(), f.Down()...) {
			got = append(got, s.SQL)
		}
	}
	want := "00007_a.sql\nCREATE TABLE a (x);\n" +
		"00008_b.sql\nINSERT INTO goose_db_version (version_id, is_applied) VALUES (8, 1);\nDELETE FROM goose_db_version WHERE version_id = 8;\n" +
		"00009_c.sql\nINSERT INTO a VALUES (20260102030406);"
	if strings.Join(got, "\n") != want {
		t.Errorf("got %s", strings.Join(got, "\n"))
	}
}
