package emit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// Each parameter becomes a bare ?, which binds what SQLite numbers so in the query alone.
func TestPositional(t *testing.T) {
	args := []sqlc.Arg{{Expr: "a"}, {Expr: "b"}, {Expr: "c"}}
	for _, test := range []struct{ query, text, binds string }{
		{"SELECT 1", "SELECT 1", ""},
		{"SELECT ?, ?, ?", "SELECT ?, ?, ?", "a b c"},
		{"SELECT ?1, ?2, ?1", "SELECT ?, ?, ?", "a b a"},
		{"SELECT ?3, ?1", "SELECT ?, ?", "c a"},
		{"SELECT ?2, ?", "SELECT ?, ?", "b c"}, // a bare one goes on from the highest
		{"SELECT ?3, ?1, '?', \"?\", `?`, [?] -- ?", "SELECT ?, ?, '?', \"?\", `?`, [?] -- ?", "c a"},
		{"SELECT ?4", "", "its parameter ?4 is number 4 of 3"},
		{"SELECT ?3, ?", "", "its parameter ? is number 4 of 3"},
		{"SELECT ?0", "", "its parameter ?0 is number 0 of 3"},
		{"SELECT :name", "", "sqlc left the parameter :name in it"},
	} {
		text, bound, err := positional(test.query, args, nil)
		var binds []string
		for _, a := range bound {
			binds = append(binds, a.Expr)
		}
		got := strings.Join(binds, " ")
		if err != nil {
			got = err.Error()
		}
		if text != test.text || got != test.binds {
			t.Errorf("%s: %q binds %s, want %q and %s", test.query, text, got, test.text, test.binds)
		}
	}
}

// FuzzPositional: the text with bare parameters has as many as it binds, and SQLite takes it
// where it takes the original.
func FuzzPositional(f *testing.F) {
	for _, query := range []string{"SELECT ?2, ?1", "SELECT ?, '?' -- ?", "SELECT ?1 WHERE ?1 IN (?2, ?3)"} {
		f.Add(query)
	}
	memory, err := sqlite.NewMemory()
	if err != nil {
		f.Fatal(err)
	}
	conn, err := memory.Conn()
	if err != nil {
		f.Fatal(err)
	}
	args := make([]sqlc.Arg, 9)
	for i := range args {
		args[i].Expr = fmt.Sprint(i + 1)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if _, err := conn.Describe(query); err != nil {
			t.Skip()
		}
		text, bound, err := positional(query, args, nil)
		if err != nil {
			t.Skip()
		}
		binds := make([]sqlc.Arg, len(bound))
		for i := range bound {
			binds[i] = bound[i].Arg
		}
		again, same, err := positional(text, binds, nil)
		if err != nil || again != text || len(same) != len(bound) {
			t.Errorf("%q becomes %q, and that %q with %d for %d: %v", query, text, again, len(same), len(bound), err)
		}
		if _, err := conn.Describe(text); err != nil {
			t.Errorf("%q becomes %q, which SQLite refuses: %v", query, text, err)
		}
	})
}

// The WITH clause around a query has a name that neither the query nor a table has, in
// whatever letters.
func TestCTEName(t *testing.T) {
	p := &plan{in: Input{Shared: NewShared(), Schema: &schema.Schema{Tables: []*schema.Table{{Name: "totals__"}, {Name: "other"}}}}}
	for query, want := range map[string]string{
		"SELECT 1":                                   "Totals",
		"SELECT * FROM totals":                       "Totals_",
		"SELECT * FROM \"TOTALS\", [totals_]":        "Totals___",
		"SELECT 'totals' -- totals":                  "Totals_", // a text may be a name to SQLite
		"WITH totals AS (SELECT 1) SELECT * FROM x;": "Totals_",
	} {
		if got := p.cteName("Totals", query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if got := p.cteName("Other", "SELECT 1"); got != "Other_" { // a predicate may have a subquery of the table
		t.Errorf("a table's name: %s", got)
	}
}

// A result column that is an expression has the name of its field.
func TestSQLName(t *testing.T) {
	seen := map[string]bool{}
	for _, test := range []struct{ column, field, want string }{
		{"id", "ID", "id"}, {"ID", "ID_2", "ID_2"}, {"count(*)", "Count", "Count"}, {"count", "Count_2", "count_2"}, {"Ä", "Ä", "Ä"}, {"ä", "ä", "ä"},
	} {
		if got := unique(sqlName(test.column, test.field), seen); got != test.want {
			t.Errorf("%s of %s is called %s, want %s", test.column, test.field, got, test.want)
		}
	}
}

// A WITH may lead to anything.
func TestWrites(t *testing.T) {
	for query, want := range map[string]bool{
		"SELECT 1": false, "VALUES (1)": false, "": false, "-- INSERT\nSELECT 1": false,
		"INSERT INTO t VALUES (1) RETURNING id": true, "/* x */ update t SET a = 1": true, "REPLACE INTO t VALUES (1)": true, "DELETE FROM t": true,
		"WITH x AS (SELECT 1) SELECT * FROM x":                                          false,
		"WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x":                            true,
		"WITH \"delete\" AS (SELECT 1), y AS (SELECT 2) DELETE FROM t":                  true,
		"WITH x AS (SELECT replace('a', 'b', 'c')) SELECT replace(a, 'b', 'c') FROM x":  false,
		"WITH RECURSIVE x (n) AS (VALUES (1)) UPDATE t SET a = (SELECT 1) RETURNING id": true,
	} {
		if got := NewShared().target(query) != ""; got != want {
			t.Errorf("%s: writes %v", query, got)
		}
	}
}
