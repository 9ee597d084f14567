package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/sqlite"
)

func open(t *testing.T) (*sqlite.Memory, *sqlite.Conn) {
	t.Helper()
	m, err := sqlite.NewMemory()
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Conn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), m.Close()); err != nil {
			t.Error(err)
		}
	})
	return m, c
}

// What one connection writes the others see, and another Memory does not.
func TestMemoryIsShared(t *testing.T) {
	m, c := open(t)
	_, other := open(t)
	db, err := m.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), "CREATE TABLE t (x)"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Describe("SELECT x FROM t"); err != nil {
		t.Errorf("the same database: %v", err)
	}
	if _, err := other.Describe("SELECT x FROM t"); err == nil {
		t.Error("another database has the table too")
	}
}

func TestDescribe(t *testing.T) {
	_, c := open(t)
	if err := c.Exec(`CREATE TABLE t (a INTEGER, b VARCHAR(9)); CREATE VIEW v AS SELECT b AS c, a + 1 AS d FROM t`); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		sql  string
		want sqlite.Stmt
	}{
		{"SELECT a, c, d FROM t, v WHERE a = ? AND b = :b AND a < ?5", sqlite.Stmt{
			Params: []string{"", ":b", "", "", "?5"},
			Columns: []sqlite.Column{
				{Name: "a", DeclType: "INTEGER", Table: "t", Origin: "a"},
				{Name: "c", DeclType: "VARCHAR(9)", Table: "t", Origin: "b"},
				{Name: "d"},
			},
			ReadOnly: true,
		}},
		{"INSERT INTO t VALUES (1, 2) RETURNING a; SELECT 2", sqlite.Stmt{
			Columns: []sqlite.Column{{Name: "a", DeclType: "INTEGER", Table: "t", Origin: "a"}},
			Tail:    "SELECT 2",
		}},
		{" -- nothing\n", sqlite.Stmt{Empty: true}},
	} {
		got, err := c.Describe(test.sql)
		if err != nil {
			t.Errorf("%s: %v", test.sql, err)
			continue
		}
		if diff := cmp.Diff(&test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.sql, diff)
		}
	}
}

func TestErrors(t *testing.T) {
	_, c := open(t)
	if err := c.Exec("CREATE TABLE t (a)"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		sql, msg string
		offset   int
	}{
		{"SELECT a, b FROM t", "no such column: b", 10},
		{`SELECT "b" FROM t`, `no such column: "b" - should this be a string literal in single-quotes?`, 7},
		{"SELECT FROM t", `near "FROM": syntax error`, 7},
		{"SELECT (1", "incomplete input", -1},
	} {
		_, err := c.Describe(test.sql)
		var e *sqlite.Error
		if !errors.As(err, &e) || e.Msg != test.msg || e.Offset != test.offset {
			t.Errorf("%s: got %#v", test.sql, err)
		}
	}
	err := c.Exec("CREATE TABLE u (a); SELECT 1; CREATE TABLE t (a)")
	var e *sqlite.Error
	if !errors.As(err, &e) || e.Offset < 29 {
		t.Errorf("the offset is in the whole text: got %#v", err)
	}
}

// Both interfaces say the same of an error.
func TestMessage(t *testing.T) {
	m, c := open(t)
	db, err := m.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := c.Exec("CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"SELECT nope FROM t",
		"INSERT INTO t VALUES (1)",
		"SELECT a: b",
		"SELECT json(': (1)')",
		"SELECT abs(-9223372036854775808)",
	} {
		_, got := db.ExecContext(t.Context(), sql)
		want := c.Exec(sql)
		if got == nil || want == nil || sqlite.Message(got) != want.Error() {
			t.Errorf("%s: got %q of %q, want %q", sql, sqlite.Message(got), got, want)
		}
	}
	if got := sqlite.Message(errors.New("other: (1)")); got != "other: (1)" {
		t.Errorf("another error: got %q", got)
	}
}

// Conn judges as the generated package will run a statement, PlainConn as
// goose runs a migration.
func TestSettings(t *testing.T) {
	m, strict := open(t)
	plain, err := m.PlainConn()
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if err := plain.Exec("CREATE TABLE t (a REFERENCES gone)"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ sql, msg string }{
		{`SELECT "nope" FROM t`, `no such column: "nope" - should this be a string literal in single-quotes?`},
		{`CREATE INDEX i ON t ("nope")`, `no such column: "nope" - should this be a string literal in single-quotes?`},
		{"INSERT INTO t VALUES (1)", "no such table: main.gone"},
	} {
		if _, err := strict.Describe(test.sql); err == nil || err.Error() != test.msg {
			t.Errorf("Conn: %s: got %v, want %s", test.sql, err, test.msg)
		}
		if _, err := plain.Describe(test.sql); err != nil {
			t.Errorf("PlainConn: %s: %v", test.sql, err)
		}
		db, err := m.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(check(t, db, test.sql), db.Close()); err != nil {
			t.Errorf("Open: %s: %v", test.sql, err)
		}
	}
}

// check prepares a statement through database/sql.
func check(t *testing.T, db *sql.DB, query string) error {
	stmt, err := db.PrepareContext(t.Context(), "EXPLAIN "+query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(t.Context())
	if err != nil {
		return err
	}
	return errors.Join(rows.Close(), stmt.Close())
}

// SQLite takes a NUL for the end of the text; what follows would be lost.
func TestNULIsAnError(t *testing.T) {
	_, c := open(t)
	for _, sql := range []string{"SELECT 1;\x00", "SELECT 1; SELECT 2\x00 FROM nope", "\x00"} {
		var e *sqlite.Error
		if err := c.Exec(sql); !errors.As(err, &e) || sql[e.Offset] != 0 {
			t.Errorf("Exec %q: got %#v", sql, err)
		}
		if _, err := c.Describe(sql); !errors.As(err, &e) || sql[e.Offset] != 0 {
			t.Errorf("Describe %q: got %#v", sql, err)
		}
	}
}

// A migration may ATTACH or VACUUM INTO what it likes: no file comes of it.
func TestNothingOnDisk(t *testing.T) {
	t.Chdir(t.TempDir())
	m, c := open(t)
	db, err := m.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const sql = `ATTACH 'attached.db' AS a; CREATE TABLE a.t (x); VACUUM INTO 'copy.db'`
	if _, err := db.ExecContext(t.Context(), sql); err != nil {
		t.Error(err)
	}
	if err := c.Exec(`ATTACH 'other.db' AS a; CREATE TABLE a.t (x); VACUUM INTO 'another.db'`); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir("."); err != nil || len(files) > 0 {
		t.Errorf("found %v, %v", files, err)
	}
}

// Whatever the text is, it is prepared or refused, and all of it is accounted
// for: the offset of an error and the tail lie in the text.
func FuzzDescribe(f *testing.F) {
	for _, sql := range []string{"SELECT 1; SELECT 2", "SELECT ?, :a, ?7", "SELECT nope", "/* */ ;", "SELECT 'ü' FROM x", "SELECT 1\x00", "SELECT \"x\""} {
		f.Add(sql)
	}
	m, err := sqlite.NewMemory()
	if err != nil {
		f.Fatal(err)
	}
	c, err := m.Conn()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { c.Close(); m.Close() })
	f.Fuzz(func(t *testing.T, sql string) {
		stmt, err := c.Describe(sql)
		var e *sqlite.Error
		switch {
		case err == nil:
			if !strings.HasSuffix(strings.TrimSpace(sql), stmt.Tail) {
				t.Errorf("the tail %q is not the end", stmt.Tail)
			}
		case !errors.As(err, &e) || e.Msg == "" || e.Offset < -1 || e.Offset > len(sql):
			t.Errorf("got %#v", err)
		}
	})
}

// Reading a database that is in use does not change it; what is only in its write-ahead
// log is read as well.
func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "used.db")
	db, err := sqlite.OpenFile("file:" + path + "?_pragma=journal_mode(wal)")(nil)
	must(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)")
	must(t, err)
	count := func(path string) string {
		t.Helper()
		c, err := sqlite.ReadFile(path)
		must(t, err)
		defer c.Close()
		rows, err := c.Rows("SELECT COUNT(*) FROM t")
		must(t, err)
		return rows[0][0]
	}
	before := contents(t, dir)
	if got := count(path); got != "2" {
		t.Errorf("%s rows in the log", got)
	}
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Errorf("it has written:\n%s", diff)
	}
	// As a process leaves it that has died.
	left := t.TempDir()
	for name, text := range before {
		must(t, os.WriteFile(filepath.Join(left, name), []byte(text), 0o644))
	}
	before = contents(t, left)
	if got := count(filepath.Join(left, "used.db")); got != "2" {
		t.Errorf("%s rows in the log that is left", got)
	}
	if diff := cmp.Diff(before, contents(t, left)); diff != "" {
		t.Errorf("it has written:\n%s", diff)
	}
	must(t, db.Close()) // and the log is gone
	before = contents(t, dir)
	if got := count(path); got != "2" || len(before) != 1 {
		t.Errorf("%s rows, %d files", got, len(before))
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("it has made files: %v %v", entries, err)
	}
	for _, text := range []string{"", "short", strings.Repeat("no database ", 100)} {
		name := filepath.Join(t.TempDir(), "other.db")
		must(t, os.WriteFile(name, []byte(text), 0o644))
		if c, err := sqlite.ReadFile(name); err == nil {
			if c.Close(); text != "" {
				t.Errorf("%.10q is read", text)
			}
		}
	}
	if _, err := sqlite.ReadFile(filepath.Join(dir, "nothing.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// contents are the files of a folder, without the -shm files, in which readers have locks.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	files := map[string]string{}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "-shm") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err)
		files[e.Name()] = string(text)
	}
	return files
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
