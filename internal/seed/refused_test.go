package seed_test

import (
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/seed"
	"github.com/dreysql/drey/internal/stored"
)

// counts reads --rows.
func counts(t testing.TB, texts ...string) (list []seed.Count) {
	t.Helper()
	for _, text := range texts {
		c, err := seed.ParseCount(text)
		must(t, err)
		list = append(list, c)
	}
	return list
}

// TestRefused: what cannot be filled is an error that says why and what to do, and
// nothing is written, of other tables neither.
func TestRefused(t *testing.T) {
	const first = "CREATE TABLE aaa (id INTEGER PRIMARY KEY, name TEXT);\n"
	for _, test := range []struct {
		sql  string
		rows []string
		want []string
	}{
		{"CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL, CONSTRAINT never CHECK (a > b AND b > a))", nil,
			[]string{"table t: no row could be made: CHECK constraint failed: never (t.a, t.b)", "--rows t=0"}},
		{"CREATE TABLE t (a INTEGER NOT NULL CHECK (a IN (1, 2) AND a > 5))", nil, []string{"CHECK constraint failed", "(t.a)"}},
		{"CREATE TABLE t (a INTEGER NOT NULL UNIQUE CHECK (a IN (1, 2)))", []string{"t=3"},
			[]string{"table t: no more than 2 rows could be made: UNIQUE constraint failed: t.a", "UNIQUE (a) has 2 values here: ask for fewer rows, --rows t=2"}},
		{"CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INTEGER NOT NULL UNIQUE REFERENCES p)", []string{"p=3", "t=9"},
			[]string{"UNIQUE (p) has 3 values here", "or for more of p"}},
		{"CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INTEGER NOT NULL REFERENCES p)", []string{"p=0", "t=1"},
			[]string{"NOT NULL constraint failed: t.p (t.p)", "it needs rows of p first"}},
		{"CREATE TABLE t (p INTEGER REFERENCES nowhere (id))", nil, []string{"table t: no row could be made: no such table: main.nowhere", "refers to nowhere, which is not there"}},
		{"CREATE TABLE p (id INTEGER PRIMARY KEY, n TEXT); CREATE TABLE t (p TEXT REFERENCES p (n))", nil, []string{"foreign key mismatch", "a key (n) of p"}},
		{"CREATE TABLE t (a TEXT); CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'never on a Monday'); END", nil, []string{"table t: no row could be made: never on a Monday"}},
		{"CREATE TABLE t (a TEXT); CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE(IGNORE); END", nil, []string{"table t: no row could be made: a trigger ignores the row"}},
		{"CREATE TABLE t (a TEXT); CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE(ROLLBACK, 'all of it'); END", nil, []string{"table t: all of it"}},
		{"CREATE TABLE a (id TEXT PRIMARY KEY NOT NULL, b TEXT NOT NULL REFERENCES b); CREATE TABLE b (id TEXT PRIMARY KEY NOT NULL, a TEXT NOT NULL REFERENCES a)", nil, []string{"it needs rows of"}},
		{"CREATE VIEW v AS SELECT 1", []string{"v=3"}, []string{"v is a view"}},
		{"CREATE TABLE t (a TEXT)", []string{"u=3"}, []string{"there is no table u: there are aaa, t"}},
		{"CREATE TABLE t (a TEXT)", []string{"t=3/aaa", "aaa=3/t"}, []string{"depend on themselves"}},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (9223372036854775807)", nil, []string{"table t has a row with the highest rowid"}},
	} {
		t.Run(test.sql, func(t *testing.T) {
			db, s := open(t, made(t, first+test.sql))
			before := dump(t, db, s)
			_, err := seed.Run(t.Context(), db, s, stored.TypesOf(nil), seed.Options{Seed: 1, Rows: counts(t, test.rows...)})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\ndoes not say %s", err, want)
				}
			}
			if dump(t, db, s) != before {
				t.Error("rows were written")
			}
		})
	}
}

// TestRoom: a table that is not named gets as many rows as its keys have room for.
func TestRoom(t *testing.T) {
	const schema = "CREATE TABLE t (a TEXT NOT NULL CHECK (a IN ('x', 'y')), b INTEGER NOT NULL CHECK (b BETWEEN 1 AND 3));"
	for _, test := range []struct{ index, why string }{
		{"CREATE UNIQUE INDEX u ON t (a, b)", "UNIQUE (a, b) does not allow more"},
		{"CREATE UNIQUE INDEX u ON t (a, b) WHERE b > 0", "UNIQUE constraint failed: t.a, t.b"},
		{"CREATE UNIQUE INDEX u ON t (a || b)", "UNIQUE constraint failed: index 'u'"},
	} {
		db, s := open(t, made(t, schema+test.index))
		for range 2 {
			filled, err := seed.Run(t.Context(), db, s, stored.TypesOf(nil), seed.Options{Seed: 1})
			must(t, err)
			if f := filled[0]; f.Why != test.why || f.Asked != 100 {
				t.Errorf("%s: %+v", test.index, f)
			}
			var n int
			must(t, db.QueryRow("SELECT count(*) FROM t").Scan(&n))
			if n != 6 {
				t.Errorf("%s: %d rows", test.index, n)
			}
		}
	}
}

// TestBoundedID: the ids that a CHECK allows, those of a table with a single row too.
func TestBoundedID(t *testing.T) {
	for _, test := range []struct {
		check string
		want  int
	}{
		{"id = 1", 1}, {"id IN (1)", 1}, {"id = 42", 1}, {"id BETWEEN 10 AND 19", 10}, {"id < 8 AND id > 3", 4},
		{"id IN (3, 1, 7)", 3}, {"id >= 1000", 100}, {"id > 0", 100}, {"id <= 50 AND id > 0", 50}, {"id = 1 AND id > 0", 1},
	} {
		db, s := open(t, made(t, `CREATE TABLE settings (id INTEGER PRIMARY KEY CHECK (`+test.check+`), name TEXT NOT NULL);
			CREATE TABLE child (id INTEGER PRIMARY KEY, of INTEGER NOT NULL REFERENCES settings)`))
		for range 2 {
			if _, err := seed.Run(t.Context(), db, s, stored.TypesOf(nil), seed.Options{Seed: 1}); err != nil {
				t.Errorf("%s: %v", test.check, err)
			}
		}
		var n int
		must(t, db.QueryRow("SELECT count(*) FROM settings").Scan(&n))
		if want := test.want; n != want && n != 2*want {
			t.Errorf("%s: %d rows", test.check, n)
		}
	}
}

// TestComputed: a column that a trigger sets is left to it, unless a row cannot be without.
func TestComputed(t *testing.T) {
	db, s := open(t, made(t, `CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL, slug TEXT, n INTEGER NOT NULL DEFAULT 0, mate TEXT, CHECK ((mate IS NULL) = (name IS NULL)));
		CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE t SET slug = lower(name), n = n + 1, mate = mate WHERE id = new.id; END`))
	_, err := seed.Run(t.Context(), db, s, stored.TypesOf(nil), seed.Options{Seed: 1})
	must(t, err)
	var bad int
	must(t, db.QueryRow("SELECT count(*) FROM t WHERE slug IS NOT lower(name) OR n <> 1 OR mate IS NULL").Scan(&bad))
	if bad > 0 {
		t.Errorf("%d rows", bad)
	}
}

func TestParseCount(t *testing.T) {
	for _, text := range []string{"", "x", "-1", "1.5", "links", "links=", "=3", "links=x", "links=1.5", "links=5/", "99999999999", "NaN", "links=NaN/a", "links=Inf/a"} {
		if c, err := seed.ParseCount(text); err == nil {
			t.Errorf("%q is %v", text, c)
		}
	}
}

// TestCounts: how many rows there are, and how many each parent has.
func TestCounts(t *testing.T) {
	const schema = `CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);
		CREATE TABLE links (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users);
		CREATE TABLE clicks (id INTEGER PRIMARY KEY, link_id INTEGER NOT NULL REFERENCES links);`
	for _, test := range []struct {
		rows                 []string
		users, links, clicks int
	}{
		{nil, 100, 100, 100},
		{[]string{"7"}, 7, 7, 7},
		{[]string{"7", "clicks=0"}, 7, 7, 0},
		{[]string{"clicks=3"}, 100, 100, 3},
		{[]string{"users=4", "links=5/users", "clicks=0.5/links"}, 4, 20, 10},
		{[]string{"links=2/users"}, 100, 200, 0},
		{[]string{"USERS=2"}, 2, 0, 0},
	} {
		db, s := open(t, made(t, schema))
		_, err := seed.Run(t.Context(), db, s, stored.TypesOf(nil), seed.Options{Seed: 1, Rows: counts(t, test.rows...)})
		must(t, err)
		var users, links, clicks, least, most int
		must(t, db.QueryRow(`SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM links), (SELECT count(*) FROM clicks),
			coalesce(min(n), 0), coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM links GROUP BY user_id)`).Scan(&users, &links, &clicks, &least, &most))
		if users != test.users || links != test.links || clicks != test.clicks {
			t.Errorf("%v: %d users, %d links, %d clicks", test.rows, users, links, clicks)
		}
		if len(test.rows) == 3 && (least != 5 || most != 5) {
			t.Errorf("%v: users have %d to %d links", test.rows, least, most)
		}
	}
	// A second run gives every user as many again.
	db, s := open(t, made(t, schema))
	for range 2 {
		_, err := seed.Run(t.Context(), db, s, stored.TypesOf(nil), seed.Options{Seed: 1, Rows: counts(t, "users=3", "links=2/users")})
		must(t, err)
	}
	var links int
	must(t, db.QueryRow("SELECT count(*) FROM links").Scan(&links))
	if links != 6+12 {
		t.Errorf("%d links", links)
	}
}
