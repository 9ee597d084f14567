//go:build !js

package rqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // what the texts mean

	"github.com/dreysql/drey/internal/proof/cluster"
)

// defaultTables are those of the schema below.
func defaultTables(t *testing.T) *reads {
	t.Helper()
	_, random := fixed("UPDATE t SET v = (random())", time.Time{})
	r := &reads{map[string][]defaulted{
		"t":       {{name: "at", value: "unixepoch()", notNull: true, at: 3, of: 5}, {name: "on", value: "CURRENT_DATE", at: 4, of: 5}},
		"always":  {{name: "at", value: "unixepoch()", notNull: true, always: true, at: 1, of: 2}},
		"r":       {{name: "x", value: "random()", refused: random, notNull: true}},
		"new":     {{name: "at", value: "unixepoch()", notNull: true}},
		`a "b" c`: {{name: `d "e"`, value: "datetime('now')"}},
	}, map[string]view{}, map[string]trigger{}}
	r.addViews(map[string]string{"recent": "CREATE VIEW recent (at) AS SELECT unixepoch() -- now\n", "lately": "CREATE VIEW lately AS SELECT at FROM recent;",
		"old": "CREATE VIEW old AS SELECT at AS recent FROM t", "shuffled": "CREATE VIEW shuffled AS SELECT random() AS n"})
	return r
}

const defaultSchema = `
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INTEGER DEFAULT 7, at INTEGER NOT NULL DEFAULT (unixepoch()), "on" TEXT DEFAULT CURRENT_DATE);
CREATE TABLE always (a TEXT UNIQUE, at INTEGER NOT NULL ON CONFLICT REPLACE DEFAULT (unixepoch()));
INSERT INTO always VALUES ('z', 1);
CREATE VIEW recent (at) AS SELECT unixepoch() -- now
;
CREATE VIEW lately AS SELECT at FROM recent;
CREATE VIEW old AS SELECT at AS recent FROM t;
CREATE TABLE "a ""b"" c" (a, "d ""e""" DEFAULT (datetime('now')));
CREATE TABLE plain (a, b DEFAULT 1);
INSERT INTO plain (a) VALUES (1), (2), (3);`

// leaving are INSERTs that leave columns out, with arguments.
var leaving = []struct {
	sql  string
	args []any
}{
	{"INSERT INTO t (a) VALUES (?), (?)", []any{"x", "y"}},
	{"INSERT INTO t (a) VALUES (?1) ON CONFLICT (a) DO UPDATE SET b = b + 1, at = excluded.at RETURNING id, a", []any{"x"}},
	{"insert or ignore into main.t as n (a, b) values ('x', 1), ('y', 2) -- ( a comment; and more\n", nil},
	{"REPLACE INTO T(\"a\", [b]) VALUES ('q', 'it''s) RETURNING ('); ", nil},
	{"INSERT INTO t DEFAULT VALUES", nil},
	{"INSERT INTO t DEFAULT VALUES RETURNING b;", nil},
	{"WITH w (n) AS (SELECT a FROM plain) INSERT INTO t (a) SELECT n FROM w WHERE n > ? ORDER BY n DESC LIMIT 2 RETURNING a", []any{1}},
	{"INSERT INTO t (a, b) WITH w AS (SELECT a FROM plain) SELECT w.a, p.b FROM w JOIN plain AS p ON p.a = w.a ON CONFLICT DO NOTHING", nil},
	{"INSERT INTO t (a) SELECT a FROM plain UNION ALL SELECT a + 10 FROM plain GROUP BY a HAVING a > 1", nil},
	{"INSERT INTO t (a) /* VALUES */ SELECT count(*) FROM plain", nil},
	{"INSERT INTO \"a \"\"b\"\" c\" (a) VALUES (1)", nil},
	{"INSERT INTO t (a, at) VALUES ('x', 5)", nil},
	{"INSERT OR REPLACE INTO t (a, at, \"on\") VALUES ('x', NULL, '2001-09-09'), ('y', 5, NULL) RETURNING at", nil},
	{"REPLACE INTO t VALUES (NULL, 'x', 3, NULL, '2001-09-09')", nil},
	{"INSERT OR REPLACE INTO main.t AS n SELECT ?, a, 3, NULL, '2001-09-09' FROM plain LIMIT 1 RETURNING at", []any{70}},
	{"UPDATE OR REPLACE always SET at = NULL", nil},
	{"UPDATE always SET (a) = ('2001-09-09'), at = (SELECT NULL FROM plain WHERE a = ?) WHERE a IS NOT NULL RETURNING at;", []any{1}},
	{"WITH w AS (SELECT 1) UPDATE OR REPLACE main.always AS n SET AT = NULL, a = n.a IS DISTINCT FROM (n.a) FROM plain AS p WHERE p.a = 1", nil},
	{"INSERT INTO always VALUES ('x', NULL)", nil},
	{"INSERT INTO always (at, a) VALUES (NULL, 'x') ON CONFLICT (a) DO UPDATE SET at = 5", nil},
	{"INSERT INTO t (id, a, at, \"on\") SELECT 1, 'x', at, '2001-09-09' FROM recent UNION ALL SELECT 2, 'y', at, 0 FROM (plain, \"Lately\") WHERE plain.a = 1", nil},
	{"WITH w AS (SELECT * FROM lately) INSERT INTO always SELECT 'x', (SELECT at FROM w) AS recent", nil},
	{"WITH RECURSIVE w (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM w WHERE n < 3) UPDATE always SET at = (SELECT max(lately.at) FROM plain, lately) FROM w WHERE n = 1", nil},
	{"REPLACE INTO always (a, at) SELECT 'x', r.at FROM plain JOIN recent AS r ON r.at IN recent LIMIT 1", nil},
	{"REPLACE INTO t (at, a) SELECT NULL, 'x' UNION ALL SELECT ?, 'y'", []any{7}},
}

// naming are those that do not, and stay as they are.
var naming = []string{
	"INSERT INTO t (a, at, \"on\") VALUES ('x', 1, NULL)", "INSERT INTO t (AT, [on]) SELECT 1, 2", "INSERT INTO t VALUES (1, 'x', 2, 3, 4)",
	"INSERT INTO plain (a) VALUES (1)", "INSERT INTO plain DEFAULT VALUES", "UPDATE t SET a = 'INSERT INTO t (a) VALUES (1)'", "DELETE FROM t WHERE replace(a, 'x', '') = ''",
	"UPDATE OR REPLACE t SET a = NULL", "UPDATE t SET at = NULL", "UPDATE OR IGNORE always SET at = NULL", "INSERT OR FAIL INTO always VALUES ('x', NULL)", "UPDATE OR REPLACE t SET",
	"INSERT OR IGNORE INTO t (a, at, \"on\") VALUES (1, NULL, 2)", "INSERT INTO t (id, a, at, \"on\") VALUES (1, 2, 3, 4) ON CONFLICT DO UPDATE SET at = NULL", "UPDATE OR REPLACE t SET at", "UPDATE OR",
	"UPDATE t SET recent = 1 FROM old", "WITH recent AS (SELECT 1 AS at) INSERT INTO t (id, a, at, \"on\") SELECT 1, 2, at, 3 FROM recent", "WITH w AS (SELECT 1), recent (at) AS MATERIALIZED (SELECT 1) DELETE FROM t WHERE at IN recent", "INSERT INTO plain (a, recent) SELECT a, recent FROM old ORDER BY a, recent", "DELETE FROM old WHERE recent IN (1, recent)",
	"WITH w AS (SELECT 1) UPDATE t SET a = 1", "INSERT INTO", "INSERT INTO t", "INSERT INTO t (", "INSERT INTO t (a", "INSERT INTO t (a)", "INSERT OR", "INSERT INTO t AS", "INSERT INTO main.",
}

func opened(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(defaultSchema); err != nil {
		t.Fatal(err)
	}
	return db
}

// rows are all rows of the tables, with times as how long ago they are.
func allRows(t *testing.T, db *sql.DB) string {
	t.Helper()
	var text string
	err := db.QueryRow(`SELECT (SELECT coalesce(group_concat(concat_ws('|', id, a, typeof(a), b, typeof(b), at, "on"), ';'), '') FROM t) || '/' || (SELECT coalesce(group_concat(concat_ws('|', a, at), ';'), '') FROM always) || '/' ||
		(SELECT coalesce(group_concat(concat_ws('|', a, "d ""e"""), ';'), '') FROM "a ""b"" c")`).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestCompleted: an INSERT with what it leaves out stores what SQLite would store, at the
// time that the client reads.
func TestCompleted(t *testing.T) {
	tables := defaultTables(t)
	for _, tt := range leaving {
		whole, err := tables.completed(tt.sql)
		if err != nil || whole.SQL == tt.sql {
			t.Errorf("%s is left, %v", tt.sql, err)
			continue
		}
		for try := 0; ; try++ {
			now := time.Now()
			then, err := fixed(whole.SQL, now)
			if err != nil || then == whole.SQL && !strings.Contains(tt.sql, "at)") {
				t.Errorf("%s is %s, %v", tt.sql, then, err)
				break
			}
			is, want := opened(t), opened(t)
			for range 2 { // twice, for the conflicts
				_, isErr := is.Exec(then, tt.args...)
				_, wantErr := want.Exec(tt.sql, tt.args...)
				if fmt.Sprint(isErr) != fmt.Sprint(wantErr) {
					t.Fatalf("%s: %v, and %s: %v", then, isErr, tt.sql, wantErr)
				}
			}
			if a, b := allRows(t, is), allRows(t, want); a == b {
				break
			} else if try == 3 { // seconds passed
				t.Errorf("%s makes\n%s, and %s\n%s", then, a, tt.sql, b)
				break
			}
		}
		past, _ := fixed(whole.SQL, time.Unix(1e9, 0))
		db := opened(t)
		if _, err := db.Exec(past, tt.args...); err != nil {
			t.Error(err)
		}
		if got := allRows(t, db); !strings.Contains(got, "2001-09-09") && !strings.Contains(got, "1000000000") {
			t.Errorf("%s stores %s", past, got)
		}
	}
	for _, sql := range naming {
		if whole, err := tables.completed(sql); err != nil || whole.SQL != sql {
			t.Errorf("%s is %v, %v", sql, whole, err)
		}
	}
	for sql, want := range map[string]string{
		"INSERT INTO r (y) VALUES (1)":                "x is left to its default",
		"INSERT INTO R DEFAULT VALUES":                "x is left to its default",
		"REPLACE INTO r (x) VALUES (1)":               "a NULL in column r.x would become its default",
		"UPDATE OR REPLACE r SET x = 1":               "a NULL in column r.x would become its default",
		"UPDATE OR REPLACE t SET (a, at) = (1, NULL)": "assign the column by itself",
		"REPLACE INTO new VALUES (1, NULL)":           "name the columns",
		"DELETE FROM t WHERE at IN main.lately":       "without the schema's",
		"UPDATE OR IGNORE recent SET a = 1":           "view recent reads the clock",
		"DELETE FROM main.recent":                     "view recent reads the clock",
		"INSERT INTO t (a) SELECT a FROM t, shuffled": "each node would answer random() differently",
	} {
		if _, err := tables.completed(sql); !errors.Is(err, ErrStatement) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", sql, err, want)
		}
	}
}

// TestCompletedMany: the rows of a bulk insert, as many as have room for parameters.
func TestCompletedMany(t *testing.T) {
	const n = 20_000
	args := make([]any, n)
	for i := range args {
		args[i] = i
	}
	whole, err := defaultTables(t).completed("INSERT INTO t (a) VALUES " + strings.Repeat("(?), ", n-1) + "(?)")
	if err != nil {
		t.Fatal(err)
	}
	db := opened(t)
	if _, err := db.Exec(whole.SQL, args...); err != nil {
		t.Fatal(err)
	}
	var ordered bool
	if err := db.QueryRow("SELECT count(*) = 20000 AND sum(CAST(a AS INTEGER) = id - 1) = 20000 FROM t").Scan(&ordered); err != nil || !ordered {
		t.Error("the rows are others, or in another order", err)
	}
}

// TestChange follows what statements make of tables.
func TestChange(t *testing.T) {
	known := &reads{map[string][]defaulted{}, map[string]view{}, map[string]trigger{}}
	for _, step := range []struct{ sql, want string }{
		{"CREATE TABLE IF NOT EXISTS main.T (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'now', \"b c\" INTEGER NOT NULL DEFAULT (unixepoch()) CHECK (a > 1), d DEFAULT -1, e DEFAULT CURRENT_DATE, PRIMARY KEY (a))",
			"map[t:[{b c (unixepoch()) <nil> true} {e CURRENT_DATE <nil> false}]]"},
		{"ALTER TABLE t ADD COLUMN f TEXT DEFAULT (date('now'))", "map[t:[{b c (unixepoch()) <nil> true} {e CURRENT_DATE <nil> false} {f (date('now')) <nil> false}]]"},
		{"ALTER TABLE t ADD g DEFAULT CURRENT_TIME NOT NULL", "map[t:[{b c (unixepoch()) <nil> true} {e CURRENT_DATE <nil> false} {f (date('now')) <nil> false} {g CURRENT_TIME <nil> true}]]"},
		{"ALTER TABLE t RENAME COLUMN e TO \"E 2\"", "map[t:[{b c (unixepoch()) <nil> true} {E 2 CURRENT_DATE <nil> false} {f (date('now')) <nil> false} {g CURRENT_TIME <nil> true}]]"},
		{"ALTER TABLE t DROP COLUMN x", "map[t:[{b c (unixepoch()) <nil> true} {E 2 CURRENT_DATE <nil> false} {f (date('now')) <nil> false} {g CURRENT_TIME <nil> true}]]"},
		{"ALTER TABLE main.t RENAME TO u", "map[u:[{b c (unixepoch()) <nil> true} {E 2 CURRENT_DATE <nil> false} {f (date('now')) <nil> false} {g CURRENT_TIME <nil> true}]]"},
		{"CREATE INDEX i ON u (a)", "map[u:[{b c (unixepoch()) <nil> true} {E 2 CURRENT_DATE <nil> false} {f (date('now')) <nil> false} {g CURRENT_TIME <nil> true}]]"},
		{"ALTER TABLE u DROP COLUMN g", "map[u:[{b c (unixepoch()) <nil> true} {E 2 CURRENT_DATE <nil> false} {f (date('now')) <nil> false}]]"},
		{"ALTER TABLE u DROP f", "map[u:[{b c (unixepoch()) <nil> true} {E 2 CURRENT_DATE <nil> false}]]"},
		{"CREATE TABLE v AS SELECT 1", "map[u:[{b c (unixepoch()) <nil> true} {E 2 CURRENT_DATE <nil> false}]]"},
		{"DROP TABLE IF EXISTS U", "map[]"},
	} {
		known.change(step.sql)
		is := map[string][]string{}
		for table, columns := range known.tables {
			for _, d := range columns {
				is[table] = append(is[table], fmt.Sprintf("{%s %s %v %v}", d.name, d.value, d.refused, d.notNull))
			}
		}
		if fmt.Sprint(is) != step.want {
			t.Errorf("%s\nis   %v\nwant %s", step.sql, is, step.want)
		}
	}
}

// FuzzCompleted: no text makes it panic.
func FuzzCompleted(f *testing.F) {
	for _, tt := range leaving {
		f.Add(tt.sql)
	}
	for _, sql := range naming {
		f.Add(sql)
	}
	f.Add("CREATE TABLE t (a DEFAULT (1), b DEFAULT - 1)")
	f.Add("CREATE TRIGGER x INSERT ON t BEGIN UPDATE t SET at = 1; END")
	f.Add("ALTER TABLE t RENAME COLUMN a TO b")
	f.Fuzz(func(t *testing.T, sql string) {
		r := &reads{map[string][]defaulted{"t": {{name: "at", value: "unixepoch()", notNull: true, always: true, of: 2}}}, map[string]view{"w": {with: "w AS (SELECT 1)"}}, map[string]trigger{}}
		_, _ = r.completed(sql)
		r.change(sql)
	})
}

// TestDefaultsOfCluster: what a cluster says of its columns is what statements make.
func TestDefaultsOfCluster(t *testing.T) {
	n := cluster.Start(t, 1)
	c, err := Dial(t.Context(), []string{n.Nodes[0].URL()}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	known := &reads{map[string][]defaulted{}, map[string]view{}, map[string]trigger{}}
	for _, sql := range strings.Split(defaultSchema, ";\n") {
		if _, err := c.Batch(t.Context(), []Statement{{SQL: sql}}); err != nil {
			t.Fatal(err)
		}
		known.change(sql)
	}
	found, err := c.findDefaults(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plain := func(r reads) (list []string) {
		for table, columns := range r.tables {
			for _, d := range columns {
				list = append(list, fmt.Sprint(table, " ", d.name, " ", strings.Trim(d.value, "()"), " ", d.notNull, " ", d.always))
			}
		}
		for view := range r.views {
			list = append(list, view)
		}
		slices.Sort(list)
		return list
	}
	if !slices.Equal(plain(found), plain(*known)) || len(plain(found)) != 6 {
		t.Errorf("the cluster says %q, and the statements %q", plain(found), plain(*known))
	}
	for _, d := range found.tables["t"] {
		if d.of != 5 || d.at != map[string]int{"at": 3, "on": 4}[d.name] {
			t.Errorf("%s is column %d of %d", d.name, d.at, d.of)
		}
	}
}
