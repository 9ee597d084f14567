package diff_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/migrate/diff"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/proof/chinook"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
)

// features is a schema with everything that SQLite keeps in sqlite_schema.
const features = `
create table "quoted ""name""" ([a b] integer primary key autoincrement, ` + "`c``d`" + ` TEXT collate nocase default 'it''s; ' /* why */);
CREATE TABLE plain(a,b -- the second
);
CREATE TABLE checks (
	a INTEGER CONSTRAINT positive CHECK (a > 0),
	b TEXT NOT NULL ON CONFLICT REPLACE DEFAULT (lower('X')),
	c REAL GENERATED ALWAYS AS (a * 2.5) STORED,
	d TEXT AS (b || ';
') VIRTUAL,
	UNIQUE (a, b COLLATE RTRIM) ON CONFLICT ROLLBACK,
	CHECK (length(b) < 10)
) STRICT;
CREATE TABLE keyed (a TEXT NOT NULL, b BLOB NOT NULL, PRIMARY KEY (b DESC, a)) WITHOUT ROWID, STRICT;
CREATE TABLE child (id INTEGER PRIMARY KEY, a TEXT, b BLOB, up INTEGER REFERENCES child ON DELETE CASCADE,
	FOREIGN KEY (b, a) REFERENCES keyed ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE copied AS SELECT 1 AS one, 'x' AS "two words";
CREATE UNIQUE INDEX [an index] ON plain (a DESC, b COLLATE NOCASE) WHERE b IS NOT NULL;
CREATE INDEX expressions ON child (lower(a), id + 1);
CREATE VIEW "a view" (x, y) AS WITH w AS (SELECT a FROM plain) SELECT a, ';' FROM w;
CREATE VIEW other AS SELECT * FROM "a view";
CREATE TRIGGER [on view] INSTEAD OF INSERT ON other BEGIN
	INSERT INTO plain VALUES (new.x, '-- +no;');
	DELETE FROM plain WHERE a = 'x'; -- gone
END;
CREATE TRIGGER watch BEFORE UPDATE OF a ON plain FOR EACH ROW WHEN old.a <> new.a BEGIN
	SELECT CASE WHEN new.a = 1 THEN RAISE(ABORT, 'no; not one') END;
END;
CREATE VIRTUAL TABLE search USING fts5(body, content='plain', tokenize = "unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1);
`

// snapshotOf reads the schema of a database file.
func snapshotOf(t *testing.T, name string) (*alter.Snapshot, error) {
	t.Helper()
	db, err := migrate.Target{Path: name}.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return alter.Read(t.Context(), db, migration.VersionTable)
}

// applyFile makes a database by a migration.
func applyFile(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "00001_base.sql"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := migration.Load(dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "x.db")
	if err := (migrate.Target{Path: name}).Run(t.Context(), files, migrate.Up(false), migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := (migrate.Target{Path: name}).Run(t.Context(), files, migrate.To(0), migrate.Options{}); err != nil {
		t.Fatalf("down: %v", err)
	}
	if s, err := snapshotOf(t, name); err != nil || len(s.Objects) > 0 {
		t.Fatalf("down leaves %v, %v", s, err)
	}
	if err := (migrate.Target{Path: name}).Run(t.Context(), files, migrate.Up(false), migrate.Options{}); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestBaseline: introspect, migrate, introspect is a fixed point, and the text
// in sqlite_schema is the same to the byte.
func TestBaseline(t *testing.T) {
	made := filepath.Join(t.TempDir(), "features.db")
	db, err := sql.Open("sqlite", made)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(features); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{made, chinook.File(t)} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			first, err := snapshotOf(t, name)
			if err != nil {
				t.Fatal(err)
			}
			text, err := diff.Baseline(t.Context(), 1, first)
			if err != nil {
				t.Fatal(err)
			}
			second, err := snapshotOf(t, applyFile(t, text))
			if err != nil {
				t.Fatal(err)
			}
			if len(first.Objects) != len(second.Objects) {
				t.Fatalf("%d objects became %d", len(first.Objects), len(second.Objects))
			}
			for i := range first.Objects {
				if first.Objects[i] != second.Objects[i] {
					t.Errorf("%q became %q", first.Objects[i], second.Objects[i])
				}
			}
			again, err := diff.Baseline(t.Context(), 1, second)
			if err != nil {
				t.Fatal(err)
			}
			if again != text {
				t.Errorf("the second baseline is another one:\n%s\n%s", text, again)
			}
		})
	}
}

// Goose ends lines at CR LF and drops the CR.
func TestUnfaithful(t *testing.T) {
	s := snapshot(t, []string{"CREATE TABLE a (\r\n x TEXT DEFAULT 'a\r\nb')"})
	if _, err := diff.Baseline(t.Context(), 1, s); !errors.Is(err, diff.ErrUnfaithful) {
		t.Errorf("the error is %v", err)
	}
}

// TestKeepsWhatHangsOn: counters, rowids, other tables' triggers and views that
// mention a rebuilt table.
func TestKeepsWhatHangsOn(t *testing.T) {
	from := []string{
		"CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, parent INTEGER REFERENCES t (id) ON DELETE CASCADE, b TEXT COLLATE NOCASE UNIQUE ON CONFLICT IGNORE)",
		"CREATE TABLE bare (a TEXT, b TEXT)",
		"CREATE TABLE other (x)",
		"CREATE TRIGGER own AFTER INSERT ON t BEGIN SELECT 1; END",
		"CREATE TRIGGER logged AFTER INSERT ON other BEGIN UPDATE t SET a = new.x; END",
		"CREATE VIEW v AS SELECT a FROM t",
		"CREATE VIEW w AS SELECT a FROM v",
	}
	to := append([]string{
		"CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a ANY CHECK (a <> 'never'), parent INTEGER REFERENCES t (id) ON DELETE CASCADE, b TEXT COLLATE NOCASE UNIQUE ON CONFLICT IGNORE) STRICT",
		"CREATE TABLE bare (b TEXT, a TEXT)",
	}, from[2:]...)
	a, b := snapshot(t, from), snapshot(t, to)
	up, err := alter.Plan(t.Context(), a, b, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, db, err := alter.Load(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	defer db.Close()
	for _, s := range []string{
		"INSERT INTO t (id, a, parent) VALUES (1, 'x', NULL), (2, 'y', 1), (70, 'z', 2)",
		"DELETE FROM t WHERE id = 70",
		"INSERT INTO bare (rowid, a, b) VALUES (9, 'nine', 'b'), (4, 'four', 'b')",
		up.SQL(),
		"INSERT INTO t (a) VALUES ('new')",
		"INSERT INTO other VALUES ('logged')",
		"UPDATE t SET b = 'Same' WHERE id = 1; INSERT INTO t (b) VALUES ('sAME')", // is ignored
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	for query, want := range map[string]string{
		"SELECT group_concat(id ORDER BY id) FROM t":                    "1,2,71",
		"SELECT group_concat(rowid || a) FROM bare":                     "4four,9nine",
		"SELECT count(*) FROM w WHERE a = 'logged'":                     "3",
		"SELECT count(*) FROM sqlite_schema WHERE name = 'own'":         "1",
		"SELECT group_concat(coalesce(parent, '-') ORDER BY id) FROM t": "-,1,-",
		"SELECT count(*) FROM sqlite_schema WHERE name LIKE 'd%_'":      "0",
	} {
		var got string
		if err := db.QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %s, %v, not %s", query, got, err, want)
		}
	}
}

// TestRenames: there and back with what is in the columns.
func TestRenames(t *testing.T) {
	a := snapshot(t, []string{
		"CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
		"CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE)",
	})
	b := snapshot(t, []string{
		"CREATE TABLE people (id INTEGER PRIMARY KEY, full_name TEXT NOT NULL DEFAULT '?')",
		"CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES people (id) ON DELETE CASCADE)",
	})
	likely := alter.Likely(a, b, nil)
	if len(likely) != 1 || likely[0].String() != "users=people" {
		t.Fatalf("likely is %v", likely)
	}
	if next := alter.Likely(a, b, likely); len(next) != 1 || next[0].String() != "users.name=full_name" {
		t.Fatalf("likely is %v", next)
	} else {
		likely = append(likely, next...)
	}
	if err := alter.CheckRenames(a, b, likely); err != nil {
		t.Fatal(err)
	}
	m, db, err := alter.Load(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	defer db.Close()
	if _, err := db.Exec("INSERT INTO users VALUES (1, 'ada'), (2, NULL); INSERT INTO posts VALUES (1, 1), (2, 2)"); err != nil {
		t.Fatal(err)
	}
	for _, way := range []struct {
		from, to *alter.Snapshot
		renames  []alter.Rename
		query    string
	}{
		{a, b, likely, "SELECT group_concat(full_name || user_id) FROM people JOIN posts ON user_id = people.id"},
		{b, a, alter.Reverse(likely), "SELECT group_concat(name || user_id) FROM users JOIN posts ON user_id = users.id"},
	} {
		script, err := alter.Plan(t.Context(), way.from, way.to, way.renames)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(script.SQL()); err != nil {
			t.Fatal(err)
		}
		var got string
		if err := db.QueryRow(way.query).Scan(&got); err != nil || got != "ada1,?2" {
			t.Errorf("%s, %v\n%s", got, err, strings.Join(script.Statements, ";\n"))
		}
	}
}

// What a full-text index holds stays where a column of it is renamed.
func TestRenameVirtual(t *testing.T) {
	a, b := snapshot(t, []string{"CREATE VIRTUAL TABLE f USING fts5 (a, b)"}), snapshot(t, []string{"CREATE VIRTUAL TABLE G USING fts5 (c, a)"})
	m, db, err := alter.Load(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	defer db.Close()
	if _, err := db.Exec("INSERT INTO f (rowid, a, b) VALUES (7, 'one', 'two')"); err != nil {
		t.Fatal(err)
	}
	script, err := alter.Plan(t.Context(), a, b, []alter.Rename{{Table: "f", New: "G"}, {Table: "f", Old: "b", New: "c"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(script.SQL()); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := db.QueryRow("SELECT rowid || a || c FROM G WHERE G MATCH 'two'").Scan(&got); err != nil || got != "7onetwo" {
		t.Errorf("%s, %v\n%s", got, err, script.SQL())
	}
}

// A rename that would lose what is in another column or table is refused, and so is
// one that leads nowhere.
func TestCheckRenames(t *testing.T) {
	from := []string{"CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, age INT, g AS (age + 1))", "CREATE TABLE pets (id INTEGER PRIMARY KEY)", "CREATE VIEW v AS SELECT id FROM pets"}
	to := []string{"CREATE TABLE people (id INTEGER PRIMARY KEY, age INT, Label TEXT, g AS (age + 1))", "CREATE TABLE pets (id INTEGER PRIMARY KEY)", "CREATE TABLE dogs (id INTEGER PRIMARY KEY)",
		"CREATE VIEW w AS SELECT id FROM pets"}
	a, b := snapshot(t, from), snapshot(t, to)
	for renames, want := range map[string]string{
		"people.name=age":                     "has a column age already",
		"people.name=AGE":                     "has a column AGE already",
		"people.name=age people.age=label":    "",
		"people.name=label":                   "",
		"people.name=label people.age=label":  "people.name=label becomes label as well",
		"people.name=g":                       "has a column g already",
		"people.name=nope":                    "the wanted table has no column nope",
		"people.nope=age":                     "table people has no column nope now",
		"people.id=ID":                        "",
		"people=pets":                         "there is a table pets already",
		"people=dogs pets=dogs":               "people=dogs becomes dogs as well",
		"people=dogs people=pets pets=people": "it is renamed to dogs as well",
		"people=w":                            "people is a table and w is a view",
		"v=w":                                 "",
		"v=dogs":                              "v is a view and dogs is a table",
		"v.id=x":                              "table v has no column id now",
		"nope=dogs":                           "there is no table nope now",
		"pets=Pets":                           "",
	} {
		var list []alter.Rename
		for _, text := range strings.Fields(renames) {
			r, err := alter.ParseRename(text)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, r)
		}
		err := alter.CheckRenames(a, b, list)
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", renames, err, want)
		}
	}
}

// Two tables and two columns that change names with each other.
func TestSwap(t *testing.T) {
	a := snapshot(t, []string{"CREATE TABLE x (id INTEGER PRIMARY KEY, a TEXT, b TEXT)", "CREATE TABLE y (id INTEGER PRIMARY KEY, c TEXT)"})
	b := snapshot(t, []string{"CREATE TABLE y (id INTEGER PRIMARY KEY, a TEXT, b TEXT)", "CREATE TABLE x (id INTEGER PRIMARY KEY, c TEXT)"})
	renames := []alter.Rename{{Table: "x", New: "y"}, {Table: "y", New: "x"}, {Table: "x", Old: "a", New: "b"}, {Table: "x", Old: "b", New: "a"}}
	if err := alter.CheckRenames(a, b, renames); err != nil {
		t.Fatal(err)
	}
	m, db, err := alter.Load(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	defer db.Close()
	if _, err := db.Exec("INSERT INTO x VALUES (1, 'a', 'b'); INSERT INTO y VALUES (1, 'c')"); err != nil {
		t.Fatal(err)
	}
	script, err := alter.Plan(t.Context(), a, b, renames)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(script.SQL()); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := db.QueryRow("SELECT y.a || y.b || x.c FROM x, y").Scan(&got); err != nil || got != "bac" {
		t.Errorf("%s, %v\n%s", got, err, script.SQL())
	}
}

// A process that is killed after the COMMIT of a rebuild and before goose has
// recorded the version leaves a database that has both.
func TestRecordsItself(t *testing.T) {
	const child = "CREATE TABLE child (p INTEGER REFERENCES t (id) ON DELETE CASCADE)"
	a := snapshot(t, []string{"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)", child})
	b := snapshot(t, []string{"CREATE TABLE t (id INTEGER PRIMARY KEY, b INTEGER)", child})
	up, err := alter.Plan(t.Context(), a, b, []alter.Rename{{Table: "t", Old: "a", New: "b"}})
	if err != nil {
		t.Fatal(err)
	}
	down, err := alter.Plan(t.Context(), b, a, []alter.Rename{{Table: "t", Old: "b", New: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	if !up.Unenforced || !down.Unenforced {
		t.Fatal("it is no rebuild of a table that others refer to")
	}
	m, err := sqlite.NewMemory()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s, files := project(t, m, true, base(a), diff.File(2, up, down))
	if _, err := s.Provider.UpTo(t.Context(), 1); err != nil {
		t.Fatal(s.Explain(err))
	}
	if _, err := s.DB.Exec("INSERT INTO t VALUES (1, '7'); INSERT INTO child VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	run := func(statements []migration.Statement) {
		t.Helper()
		for _, statement := range statements {
			if _, err := s.DB.Exec(statement.SQL); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(files[1].Up())
	if results, err := s.Provider.Up(t.Context()); err != nil || len(results) > 0 {
		t.Errorf("goose runs %d migrations again, %v", len(results), err)
	}
	run(files[1].Down())
	if version, err := s.Provider.GetDBVersion(t.Context()); err != nil || version != 1 {
		t.Errorf("the version is %d, %v", version, err)
	}
	if _, err := s.Provider.Up(t.Context()); err != nil { // which records it twice
		t.Fatal(s.Explain(err))
	}
	if _, err := s.Provider.Down(t.Context()); err != nil {
		t.Fatal(s.Explain(err))
	}
	if version, err := s.Provider.GetDBVersion(t.Context()); err != nil || version != 1 {
		t.Errorf("the version is %d, %v", version, err)
	}
	var n int
	if err := s.DB.QueryRow("SELECT count(*) FROM child JOIN t ON t.id = p WHERE a = '7'").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}
