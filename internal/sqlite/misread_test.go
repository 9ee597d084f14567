package sqlite_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/sqlite"
)

func TestMisread(t *testing.T) {
	const tables = `CREATE TABLE u (id INTEGER PRIMARY KEY, nick TEXT, "a b" TEXT); CREATE VIEW all_u AS SELECT id, "nick", "a b" FROM u;
		CREATE VIRTUAL TABLE docs USING fts5(body);`
	for _, test := range []struct{ ddl, want string }{
		{`CREATE VIEW v AS SELECT "id", "a b" AS "c d" FROM "u" AS "x" WHERE "x"."nick" = 'n' ORDER BY "c d"`, ""},
		{`CREATE VIEW v AS SELECT "nik" FROM u`, "VIEW v nik"},
		{`CREATE VIEW v AS SELECT id FROM u WHERE "ni""k" = 'x'`, `VIEW v ni"k`},
		{`CREATE VIEW v AS SELECT "nik" FROM u; CREATE VIEW w AS SELECT * FROM v`, "VIEW v nik"},
		{`CREATE VIEW v AS SELECT "nick" FROM u; DROP VIEW all_u; ALTER TABLE u DROP COLUMN nick`, "VIEW v nick"},
		{`CREATE TABLE t (a TEXT CHECK ("a" <> ''), b TEXT DEFAULT "b")`, ""},
		{`CREATE TABLE t (a TEXT CHECK ("b" <> ''))`, "TABLE t b"},
		{`CREATE TABLE t (a TEXT CHECK (a IN ("x", 'y'))); CREATE INDEX i ON t (a)`, "TABLE t x"},
		{`CREATE INDEX i ON u ("nick", "a b") WHERE "id" > 1`, ""},
		{`CREATE INDEX i ON u ("nik")`, "INDEX i nik"},
		{`CREATE INDEX i ON u (nick) WHERE "idd" > 1`, "INDEX i idd"},
		{`CREATE TRIGGER r AFTER INSERT ON u BEGIN UPDATE u SET "nick" = "new"."nick" WHERE id = new.id; END`, ""},
		{`CREATE TRIGGER r AFTER INSERT ON u BEGIN UPDATE u SET nick = "nik" WHERE id = new.id; END`, "TRIGGER r nik"},
		{`CREATE TRIGGER r BEFORE DELETE ON u BEGIN SELECT RAISE(ABORT, 'no') WHERE old.nick = "x"; END;
			CREATE TRIGGER s AFTER UPDATE OF nick ON u WHEN "nik" = 1 BEGIN SELECT 1; END`, "TRIGGER r x, TRIGGER s nik"},
		{`CREATE TRIGGER r INSTEAD OF INSERT ON all_u BEGIN INSERT INTO u (nick) VALUES ("nick"); END`, "TRIGGER r nick"},
	} {
		m, err := sqlite.NewMemory()
		if err != nil {
			t.Fatal(err)
		}
		c, err := m.PlainConn()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Exec(tables + test.ddl); err != nil {
			t.Fatalf("%s: %v", test.ddl, err)
		}
		found, err := m.Misread()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			got = append(got, fmt.Sprint(f.Kind, " ", f.Name, " ", f.Text))
		}
		if got := strings.Join(got, ", "); got != test.want {
			t.Errorf("%s: found %q, want %q", test.ddl, got, test.want)
		}
		c.Close()
		m.Close()
	}
}
