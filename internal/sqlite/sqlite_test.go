package sqlite_test

import (
	"context"
	"errors"
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
