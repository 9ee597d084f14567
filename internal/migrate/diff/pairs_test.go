package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/migrate/diff"
	"github.com/dreysql/drey/internal/sqlite/alter"
)

// pairs are schemas that SQLite can change into each other, and the renames.
var pairs = []struct{ name, from, to, renames string }{
	{"quotes in names",
		`CREATE TABLE "a""b" ("c""d" INT CHECK ("a""b"."c""d" > 0))`,
		`CREATE TABLE "a""b" ("c""d" TEXT CHECK ("a""b"."c""d" > 0))`, ""},
	{"a column with the table's name",
		`CREATE TABLE t (t INT, x INT CHECK (t.t > 1))`,
		`CREATE TABLE t (t INT, x TEXT CHECK (t.t > 1), y)`, ""},
	{"the rowid",
		`CREATE TABLE t (a INT CHECK (t.rowid > 0))`,
		`CREATE TABLE t (a TEXT CHECK (t.rowid > 0))`, ""},
	{"a table that has the rebuilt one's name",
		`CREATE TABLE t (a INT CHECK (t.a > 0)); CREATE TABLE drey_new_t (a INT CHECK (drey_new_t.a > 0))`,
		`CREATE TABLE t (a TEXT CHECK (t.a > 0)); CREATE TABLE drey_new_t (a TEXT CHECK (drey_new_t.a > 0))`, ""},
	{"names as strings",
		`CREATE TABLE 'users' ('id' INTEGER PRIMARY KEY, 'age' INT CHECK ('users'.'age' > 2)); CREATE INDEX 'i' ON 'users' ('age'); CREATE VIEW 'v' AS SELECT 'users'.'age' FROM 'users'`,
		`CREATE TABLE 'people' ('id' INTEGER PRIMARY KEY, 'years' INT CHECK ('people'.'years' > 2)); CREATE INDEX 'i' ON 'people' ('years'); CREATE VIEW 'v' AS SELECT 'people'.'years' FROM 'people'`,
		"users=people users.age=years"},
	{"triggers",
		`CREATE TABLE users (id INTEGER PRIMARY KEY, age INT); CREATE TABLE log (x);
		CREATE TRIGGER a AFTER UPDATE ON users WHEN new.age > 1 BEGIN INSERT INTO log SELECT users.age FROM users WHERE "users"."id" = new.id; END;
		CREATE TRIGGER b AFTER INSERT ON log BEGIN UPDATE users SET age = users.age + 1 WHERE users.id = 1; END`,
		`CREATE TABLE users (id INTEGER PRIMARY KEY, age TEXT, CHECK (users.age > '')); CREATE TABLE log (x);
		CREATE TRIGGER a AFTER UPDATE ON users WHEN new.age > 1 BEGIN INSERT INTO log SELECT users.age FROM users WHERE "users"."id" = new.id; END;
		CREATE TRIGGER b AFTER INSERT ON log BEGIN UPDATE users SET age = users.age + 1 WHERE users.id = 1; END`, ""},
	{"the case of a table", `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)`, `CREATE TABLE Users (id INTEGER PRIMARY KEY, name TEXT)`, ""},
	{"the case of a column", `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)`, `CREATE TABLE users (id INTEGER PRIMARY KEY, Name TEXT)`, ""},
	{"the case, said", `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)`, `CREATE TABLE Users (id INTEGER PRIMARY KEY, Name TEXT)`, "users=Users users.name=Name"},
	{"the case and more", `CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)`, `CREATE TABLE Users (Name TEXT NOT NULL DEFAULT '', ID INTEGER PRIMARY KEY AUTOINCREMENT)`, ""},
	{"the case of all",
		`CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT CHECK (users.name <> '')); CREATE TABLE posts (id INTEGER PRIMARY KEY, u INT REFERENCES users (id) ON DELETE CASCADE);
		CREATE INDEX un ON users (name); CREATE VIEW v AS SELECT name FROM users; CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM posts WHERE u = new.id; END`,
		`CREATE TABLE Users (ID INTEGER PRIMARY KEY, Name TEXT CHECK (Users.Name <> '')); CREATE TABLE Posts (id INTEGER PRIMARY KEY, U INT REFERENCES Users (ID) ON DELETE CASCADE);
		CREATE INDEX UN ON Users (Name); CREATE VIEW V AS SELECT Name FROM Users; CREATE TRIGGER T AFTER INSERT ON Users BEGIN DELETE FROM Posts WHERE U = new.ID; END`, ""},
	{"the case of a view's column", `CREATE TABLE t (a); CREATE VIEW v AS SELECT a AS x FROM t`, `CREATE TABLE t (a); CREATE VIEW v AS SELECT a AS X FROM t`, ""},
	{"the case of a virtual table", `CREATE VIRTUAL TABLE f USING fts5 (a)`, `CREATE VIRTUAL TABLE F USING fts5 (a)`, ""},
	{"a view",
		`CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v; CREATE TRIGGER i INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (new.a); END`,
		`CREATE TABLE t2 (b); CREATE VIEW v2 AS SELECT b FROM t2; CREATE VIEW w AS SELECT b FROM v2; CREATE TRIGGER i INSTEAD OF INSERT ON v2 BEGIN INSERT INTO t2 VALUES (new.b); END`,
		"v=v2 t=t2 t.a=b"},
	{"views that swap names",
		`CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT 1 AS a FROM t`,
		`CREATE TABLE t (a); CREATE VIEW w AS SELECT a FROM t; CREATE VIEW v AS SELECT 1 AS a FROM t`, "v=w w=v"},
	{"a new column with the old name", `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)`, `CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, a INT)`, "t.a=b"},
	{"a view that takes the name of a renamed table", `CREATE TABLE t (a INT)`, `CREATE TABLE u (a INT); CREATE VIEW t AS SELECT a FROM u`, "t=u"},
	{"columns that swap names, with checks", `CREATE TABLE t (a INT CHECK (t.a > 1), b INT CHECK (t.b < 100000))`, `CREATE TABLE t (b INT CHECK (t.b > 1), a INT CHECK (t.a < 100000))`, "t.a=b t.b=a"},
	{"a composite key", `CREATE TABLE p (a INT, b INT, PRIMARY KEY (a, b)); CREATE TABLE c (x INT, y INT, FOREIGN KEY (x, y) REFERENCES p (a, b) ON DELETE CASCADE)`,
		`CREATE TABLE q (a2 INT, b INT, z, PRIMARY KEY (a2, b)); CREATE TABLE c (x INT NOT NULL DEFAULT 0, y INT, FOREIGN KEY (x, y) REFERENCES q (a2, b) ON DELETE CASCADE)`, "p=q p.a=a2"},
	{"a foreign key to a missing table",
		`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, u INT REFERENCES gone (id))`,
		`CREATE TABLE t (id INTEGER PRIMARY KEY, u INT REFERENCES gone (id))`, ""},
	{"a foreign key to what is not a key",
		`CREATE TABLE p (id INT); CREATE TABLE t (id INTEGER PRIMARY KEY, u INT)`,
		`CREATE TABLE p (id INT); CREATE TABLE t (id INTEGER PRIMARY KEY, u INT REFERENCES p (id))`, ""},
}

func TestPairs(t *testing.T) {
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) { checkPair(t, p.from, p.to, p.renames) })
	}
}

// A CHECK may say whose column it means, in any spelling.
func TestQualifiedChecks(t *testing.T) {
	for _, c := range []string{"users.age", `"users"."age"`, "[users].age", "`users`.`age`", "'users'.age", "main.users.age", `"main"."users"."age"`, "USERS.AGE", "users /* . */ . age"} {
		for _, to := range []string{
			"CREATE TABLE users (id INTEGER PRIMARY KEY, age INT, name TEXT NOT NULL, CONSTRAINT c CHECK (%[1]s > 21), CHECK (%[1]s < 100000)) STRICT",
			"CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, age INT CHECK (%s > 20))",
			"CREATE TABLE users (age INT CHECK (%s > 21), id INTEGER PRIMARY KEY)",
		} {
			t.Run(c, func(t *testing.T) {
				checkPair(t, fmt.Sprintf("CREATE TABLE users (id INTEGER PRIMARY KEY, age INT, x, CONSTRAINT c CHECK (%[1]s > 21 AND users.x IS NOT 1))", c), fmt.Sprintf(to, c), "")
			})
		}
	}
}

func checkPair(t *testing.T, from, to, renames string) {
	t.Helper()
	var schemas [2]*alter.Snapshot
	for i, sql := range []string{from, to} {
		var err error
		if schemas[i], err = diff.Made(t.Context(), "schema.sql", sql); err != nil {
			t.Fatal(err)
		}
	}
	var list []alter.Rename
	for _, text := range strings.Fields(renames) {
		r, err := alter.ParseRename(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	for _, enforced := range []bool{false, true} {
		if !leadsThereAndBack(t, schemas[0], schemas[1], list, true, enforced) {
			t.Error("there were no rows")
		}
	}
}
