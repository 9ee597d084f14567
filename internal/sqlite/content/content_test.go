package content

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// open makes a database of statements, which enforces foreign keys.
func open(t *testing.T, ddl string) (*sql.DB, *schema.Schema) {
	t.Helper()
	memory, err := sqlite.NewMemory()
	if err != nil {
		t.Fatal(err)
	}
	db, err := memory.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if err := memory.Close(); err != nil {
			t.Error(err)
		}
	})
	db.SetMaxOpenConns(1)
	for _, statement := range []string{"PRAGMA foreign_keys = ON", ddl} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
	s, err := schema.Read(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return db, s
}

func rows(t *testing.T, db *sql.DB, s *schema.Schema, table string) [][]string {
	t.Helper()
	read, err := Read(t.Context(), db, s.Table(table))
	if err != nil {
		t.Fatal(err)
	}
	return read.Rows
}

// TestFill: every table whose constraints can be satisfied gets rows, which SQLite's own
// checks find nothing wrong with.
func TestFill(t *testing.T) {
	for _, test := range []struct {
		name, ddl string
		want      map[string]int // rows of the tables
	}{
		{"types", `CREATE TABLE t (id INTEGER PRIMARY KEY, i INT NOT NULL, r REAL NOT NULL, x TEXT NOT NULL, b BLOB NOT NULL, n NUMERIC NOT NULL,
			ok BOOLEAN NOT NULL, d DATE NOT NULL, at DATETIME NOT NULL, untyped NOT NULL)`, map[string]int{"t": 3}},
		{"a STRICT table", "CREATE TABLE t (id INTEGER PRIMARY KEY, i INT NOT NULL, r REAL NOT NULL, x TEXT NOT NULL, b BLOB NOT NULL, a ANY NOT NULL) STRICT", map[string]int{"t": 3}},
		{"unique columns", "CREATE TABLE t (a TEXT NOT NULL UNIQUE, b INTEGER NOT NULL, c BOOLEAN NOT NULL, UNIQUE (b, c))", map[string]int{"t": 3}},
		{"a unique BOOLEAN has two values", "CREATE TABLE t (ok BOOLEAN NOT NULL UNIQUE CHECK (ok IN (0, 1)))", map[string]int{"t": 2}},
		{"lists", "CREATE TABLE t (kind TEXT NOT NULL CHECK (kind IN ('red', 'it''s')), level INTEGER NOT NULL CHECK (level BETWEEN 10 AND 20))", map[string]int{"t": 3}},
		{"patterns and lengths", `CREATE TABLE t (code TEXT NOT NULL CHECK (code GLOB '[A-Z][0-9]*'), mail TEXT NOT NULL CHECK (mail LIKE '%_@_%'),
			hash BLOB NOT NULL CHECK (length(hash) = 32), slug TEXT NOT NULL CHECK (length(slug) < 5))`, map[string]int{"t": 3}},
		{"JSON", "CREATE TABLE t (body TEXT NOT NULL CHECK (json_valid(body)))", map[string]int{"t": 3}},
		{"a named CHECK", "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL, CONSTRAINT small CHECK (a < 5 AND b > a))", map[string]int{"t": 3}},
		{"generated columns", "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER GENERATED ALWAYS AS (a + 1), c INTEGER AS (a + 2) STORED)", map[string]int{"t": 3}},
		{"foreign keys", `CREATE TABLE z (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
			CREATE TABLE a (id INTEGER PRIMARY KEY, z_id INTEGER NOT NULL REFERENCES z, z_code TEXT REFERENCES z (code));
			CREATE TABLE pairs (x INTEGER NOT NULL, y TEXT NOT NULL, PRIMARY KEY (x, y)) WITHOUT ROWID;
			CREATE TABLE m (x INTEGER NOT NULL, y TEXT NOT NULL, FOREIGN KEY (x, y) REFERENCES pairs)`, map[string]int{"z": 3, "a": 3, "pairs": 3, "m": 3}},
		{"its own table", "CREATE TABLE t (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t)", map[string]int{"t": 3}},
		{"a circle", "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b); CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a)", map[string]int{"a": 3, "b": 3}},
		{"nothing but NULL", "CREATE TABLE t (a CHECK (a IS NULL))", map[string]int{"t": 3}},
		{"rows that are there stay", "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)", map[string]int{"t": 1}},
		{"odd names", `CREATE TABLE "select ""x""" ("from" INTEGER NOT NULL, "a b" TEXT NOT NULL CHECK ("a b" <> ''))`, map[string]int{`select "x"`: 3}},
		{"impossible", "CREATE TABLE t (a INTEGER NOT NULL CHECK (a > 1 AND a < 1)); CREATE TABLE u (a INTEGER)", map[string]int{"t": 0, "u": 3}},
		{"a parent that stays empty", "CREATE TABLE t (id INTEGER PRIMARY KEY CHECK (id < id)); CREATE TABLE u (t INTEGER NOT NULL REFERENCES t); CREATE TABLE v (t INTEGER REFERENCES t)", map[string]int{"t": 0, "u": 0, "v": 3}},
		{"a trigger that refuses", "CREATE TABLE t (a); CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'no'); END", map[string]int{"t": 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db, s := open(t, test.ddl)
			empty, err := Fill(t.Context(), db, s)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int{}
			var wantEmpty []string
			for _, table := range s.Tables {
				got[table.Name] = len(rows(t, db, s, table.Name))
				if test.want[table.Name] == 0 {
					wantEmpty = append(wantEmpty, table.Name)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rows, -want +got:\n%s", diff)
			}
			slices.Sort(empty)
			if diff := cmp.Diff(wantEmpty, empty); diff != "" {
				t.Errorf("empty, -want +got:\n%s", diff)
			}
			for check, want := range map[string]string{"PRAGMA integrity_check": "ok", "SELECT count(*) FROM pragma_foreign_key_check": "0"} {
				var said string
				if err := db.QueryRow(check).Scan(&said); err != nil || said != want {
					t.Errorf("%s: %s, %v", check, said, err)
				}
			}
		})
	}
}

// The rows differ where a migration could lose them: one has values, one has NULLs, and one
// is the first again but for its keys.
func TestKinds(t *testing.T) {
	db, s := open(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, note TEXT, n INTEGER NOT NULL)")
	if _, err := Fill(t.Context(), db, s); err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"9001", "'a9001'", "'a9001'", "9001"}, {"9002", "'a9002'", "NULL", "9002"}, {"9003", "'a9003'", "'a9001'", "9001"}}
	if diff := cmp.Diff(want, rows(t, db, s, "t")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// An AUTOINCREMENT counter is ahead of the rows, so that its loss is seen.
func TestCounter(t *testing.T) {
	db, s := open(t, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a)")
	if _, err := Fill(t.Context(), db, s); err != nil {
		t.Fatal(err)
	}
	var id int
	if err := db.QueryRow("INSERT INTO t (a) VALUES (1) RETURNING id").Scan(&id); err != nil || id != counter+1 {
		t.Errorf("the next id is %d, %v", id, err)
	}
}

func TestLost(t *testing.T) {
	table := func(columns string, rows ...string) *Table {
		c := &Table{Columns: strings.Fields(columns)}
		for _, r := range rows {
			c.Rows = append(c.Rows, strings.Fields(r))
		}
		return c
	}
	before := table("id name", "1 'a'", "2 'b'", "3 'b'")
	for _, test := range []struct {
		name  string
		after *Table
		want  Loss
	}{
		{"nothing", table("id name", "1 'a'", "2 'b'", "3 'b'"), Loss{}},
		{"the order does not count", table("name id", "'b' 3", "'a' 1", "'b' 2"), Loss{}},
		{"a name in other letters", table("ID NAME", "1 'a'", "2 'b'", "3 'b'"), Loss{}},
		{"a new column and a new row", table("id name x", "1 'a' NULL", "2 'b' NULL", "3 'b' NULL", "4 'c' NULL"), Loss{}},
		{"a dropped column is not a loss of values", table("id", "1", "2", "3"), Loss{}},
		{"a row", table("id name", "1 'a'", "2 'b'"), Loss{Rows: 1, Of: 3}},
		{"all rows", table("id name"), Loss{Rows: 3, Of: 3}},
		{"a value", table("id name", "1 'a'", "2 'b'", "3 'c'"), Loss{Columns: []string{"name"}, Example: "'b'"}},
		{"one of two that are equal", table("id name", "1 'a'", "2 'b'", "3 'a'"), Loss{Columns: []string{"name"}, Example: "'b'"}},
		{"two columns", table("id name", "7 NULL", "2 'b'", "3 'b'"), Loss{Columns: []string{"id", "name"}, Example: "1"}},
	} {
		if got := Lost(before, test.after); cmp.Diff(test.want, got) != "" || got.Any() != test.want.Any() {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

// A number is one number whatever its type is; a text that is not a number stays as it is.
func TestNumber(t *testing.T) {
	for quoted, want := range map[string]string{
		"7": "7", "7.0": "7", "'7'": "7", "7e0": "7", "0.1": "0.1", "'0.10'": "0.1", "'x'": "'x'", "'07x'": "'07x'", "NULL": "NULL", "x'37'": "x'37'",
	} {
		if got := number(quoted); got != want {
			t.Errorf("%s becomes %s, want %s", quoted, got, want)
		}
	}
}

// FuzzSample: a text made for a pattern is a literal that SQLite reads.
func FuzzSample(f *testing.F) {
	for _, pattern := range []string{"[A-Z]*", "%_@_%", "[^a]?", "[", "]'", "é_", "[]"} {
		f.Add(pattern)
	}
	memory, err := sqlite.NewMemory()
	if err != nil {
		f.Fatal(err)
	}
	conn, err := memory.Conn()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		for n := range rowsPerFill {
			if literal := sample(pattern, n); !strings.ContainsRune(pattern, 0) {
				if _, err := conn.Describe(fmt.Sprintf("SELECT %s", literal)); err != nil {
					t.Errorf("%q gives %s: %v", pattern, literal, err)
				}
			}
		}
	})
}
