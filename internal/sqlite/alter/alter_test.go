package alter_test

import (
	"database/sql"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/dreysql/drey/internal/sqlite/alter"
)

// changes are schemas, what they differ in, and the words with which the statements
// begin that lead from the first to the second.
var changes = []struct{ from, to, differs, statements string }{
	{"CREATE TABLE t (a)", "create table t ( [a] ) -- the same", "", ""},
	{"CREATE TABLE ä (a)", "CREATE TABLE Ä (a)", "table Ä is missing; table ä is there", "CREATE, DROP"},
	{"CREATE TABLE t (a INT)", "CREATE TABLE t (A INT)", "column t.A is named a", "ALTER"},
	{"CREATE TABLE t (a)", "CREATE TABLE t (a, b TEXT NOT NULL DEFAULT 'x, y' CHECK (b <> ')'))",
		"column t.b is missing; the checks, generated columns and conflict clauses of table t: none, not check ( b <> ')' )", "ALTER"},
	{"CREATE TABLE t (a, b)", "CREATE TABLE t (b)", "column t.a is there", "ALTER"},
	{"CREATE TABLE t (a INTEGER PRIMARY KEY, b UNIQUE)", "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b UNIQUE ON CONFLICT IGNORE)",
		"the checks, generated columns and conflict clauses of table t: none, not autoincrement; on conflict ignore", "CREATE, INSERT, DROP, ALTER"},
	{"CREATE TABLE t (a, b AS (a + 1))", "CREATE TABLE t (a, b AS (a + 2))",
		"the checks, generated columns and conflict clauses of table t: as ( a + 1 ), not as ( a + 2 )", "CREATE, INSERT, DROP, ALTER"},
	{"CREATE TABLE p (a PRIMARY KEY); CREATE TABLE t (a REFERENCES p)", "CREATE TABLE p (a PRIMARY KEY); CREATE TABLE t (a REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
		"the checks, generated columns and conflict clauses of table t: none, not deferred", "CREATE, INSERT, DROP, ALTER"},
	{"CREATE TABLE t (a); CREATE TABLE other (a); CREATE VIEW v AS SELECT a FROM other; CREATE VIEW w AS SELECT t.a FROM v, t",
		"CREATE TABLE t (a INT); CREATE TABLE other (a); CREATE VIEW v AS SELECT a FROM other; CREATE VIEW w AS SELECT t.a FROM v, t",
		"column t.a is without a type, not INT", "DROP, CREATE, INSERT, DROP, ALTER, CREATE"},
	{"CREATE VIRTUAL TABLE f USING fts5(a)", "CREATE VIRTUAL TABLE f USING fts5(a, tokenize = 'porter')",
		"table f is CREATE VIRTUAL TABLE f USING fts5(a), not CREATE VIRTUAL TABLE f USING fts5(a, tokenize = 'porter')", "CREATE, INSERT, DROP, ALTER"},
}

func TestPlan(t *testing.T) {
	for _, c := range changes {
		from, to := open(t, c.from), open(t, c.to)
		is, want := read(t, from), read(t, to)
		var differs []string
		for _, d := range alter.Compare(is, want) {
			differs = append(differs, d.Msg)
		}
		if got := strings.Join(differs, "; "); got != c.differs {
			t.Errorf("%s\n%s\n\tdiffer in %s\n\twant %s", c.from, c.to, got, c.differs)
		}
		script, err := alter.Plan(t.Context(), is, want, nil)
		if err != nil {
			t.Errorf("%s\n%s\n\t%v", c.from, c.to, err)
			continue
		}
		var words []string
		for _, s := range script.Statements {
			words = append(words, strings.Fields(s)[0])
		}
		if got := strings.Join(words, ", "); got != c.statements {
			t.Errorf("%s\n%s\n\tby %s\n\twant %s:\n%s", c.from, c.to, got, c.statements, script.SQL())
		}
		if _, err := from.ExecContext(t.Context(), script.SQL()); err != nil {
			t.Errorf("%s\n%s\n\t%v", c.from, c.to, err)
		}
		if left := alter.Compare(read(t, from), want); len(left) > 0 {
			t.Errorf("%s\n%s\n\tthe statements leave %v", c.from, c.to, left)
		}
	}
}

func open(t *testing.T, ddl string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	if _, err := db.ExecContext(t.Context(), ddl); err != nil {
		t.Fatalf("%s: %v", ddl, err)
	}
	return db
}

func read(t *testing.T, db *sql.DB) *alter.Snapshot {
	t.Helper()
	s, err := alter.Read(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A rename that only changes the case of a name is done once, whether it is said or not.
func TestSaidCase(t *testing.T) {
	for _, renames := range [][]alter.Rename{nil, {{Table: "t", New: "T"}}, {{Table: "t", Old: "a", New: "A"}}, {{Table: "t", New: "T"}, {Table: "t", Old: "a", New: "A"}}} {
		from, to := open(t, "CREATE TABLE t (a CHECK (t.a > 1))"), open(t, "CREATE TABLE T (A CHECK (T.A > 1))")
		script, err := alter.Plan(t.Context(), read(t, from), read(t, to), renames)
		if err != nil {
			t.Fatal(err)
		}
		want := `ALTER TABLE "t" RENAME TO "drey_old_t"; ALTER TABLE "drey_old_t" RENAME TO "T"; ALTER TABLE "T" RENAME COLUMN "a" TO "A"`
		if got := strings.Join(script.Statements, "; "); got != want {
			t.Errorf("%v: %s\nwant %s", renames, got, want)
		}
	}
}
