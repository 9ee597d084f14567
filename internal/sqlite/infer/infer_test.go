package infer_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

const ddl = `
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER, score REAL, active BOOLEAN NOT NULL, boss INTEGER REFERENCES users (id), at DATETIME);
CREATE TABLE links (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), slug TEXT NOT NULL, price REAL NOT NULL, note TEXT);
CREATE TABLE codes (code TEXT PRIMARY KEY, link_id INTEGER);
CREATE TABLE states (id INTEGER PRIMARY KEY, link_id INTEGER NOT NULL REFERENCES links (id), other INTEGER REFERENCES links (id), state TEXT NOT NULL CHECK (state IN ('on', 'off')), size INTEGER NOT NULL CHECK (size = 1 OR size = 2), maybe TEXT CHECK (maybe IN ('a')), seen TEXT CHECK (seen IS NOT NULL AND seen <> ''));
CREATE VIEW prices (id, twice, slug) AS SELECT id, price * 2, upper(slug) FROM links;
CREATE VIEW cheap AS SELECT id, twice FROM prices WHERE twice < 10;`

// rows has what inference must reckon with: NULL in every column that may hold
// it, users without links, and an empty codes.
const rows = `
INSERT INTO users VALUES (1, 'ann', 7, 1.5, 1, NULL, '2024-01-02'), (2, 'bob', NULL, NULL, 0, 1, NULL);
INSERT INTO links VALUES (1, 1, 'a', 2.5, NULL), (2, 1, 'b', 3, 'n');
INSERT INTO states VALUES (1, 1, 2, 'on', 1, 'a', 'x'), (2, 1, NULL, 'off', 2, NULL, 'y');`

func model() *schema.Schema {
	col := func(name, typ string, notNull bool) schema.Column {
		return schema.Column{Name: name, Type: typ, NotNull: notNull}
	}
	table := func(name string, columns ...schema.Column) *schema.Table {
		return &schema.Table{Name: name, Kind: schema.KindTable, Columns: columns, PrimaryKey: []string{columns[0].Name}}
	}
	view := func(name string, columns ...string) *schema.Table {
		t := &schema.Table{Name: name, Kind: schema.KindView}
		for _, c := range columns {
			t.Columns = append(t.Columns, schema.Column{Name: c})
		}
		for line := range strings.SplitSeq(ddl, "\n") {
			if strings.HasPrefix(line, "CREATE VIEW "+name+" ") {
				t.SQL = line
			}
		}
		return t
	}
	users := table("users", col("id", "INTEGER", true), col("name", "TEXT", true), col("age", "INTEGER", false),
		col("score", "REAL", false), col("active", "BOOLEAN", true), col("boss", "INTEGER", false), col("at", "DATETIME", false))
	links := table("links", col("id", "INTEGER", true), col("user_id", "INTEGER", true), col("slug", "TEXT", true),
		col("price", "REAL", true), col("note", "TEXT", false))
	links.ForeignKeys = []schema.ForeignKey{{Table: "users", From: []string{"user_id"}, To: []string{"id"}}}
	codes := table("codes", col("code", "TEXT", false), col("link_id", "INTEGER", false))
	states := table("states", col("id", "INTEGER", true), col("link_id", "INTEGER", true), col("other", "INTEGER", false), col("state", "TEXT", true),
		col("size", "INTEGER", true), col("maybe", "TEXT", false), col("seen", "TEXT", false))
	states.ForeignKeys = []schema.ForeignKey{{Table: "links", From: []string{"link_id"}, To: []string{"id"}}, {Table: "links", From: []string{"other"}, To: []string{"id"}}}
	for line := range strings.SplitSeq(ddl, "\n") {
		if strings.HasPrefix(line, "CREATE TABLE states ") {
			states.SQL = line
		}
	}
	return &schema.Schema{Tables: []*schema.Table{users, links, codes, states, view("prices", "id", "twice", "slug"), view("cheap", "id", "twice")}}
}

// show writes a type as "integer", "integer null" where it can be NULL,
// "integer maybe" where that is not known.
func show(t infer.Type) string {
	return t.Class.String() + map[infer.Null]string{infer.NotNull: "", infer.MaybeNull: " maybe", 0: " maybe", infer.CanBeNull: " null"}[t.Null]
}

var queries = []struct{ sql, want string }{
	{"SELECT id, name, age, score, active, at FROM users", "integer, text, integer null, real null, integer, unknown null"},
	{"SELECT age + 1, -score, age / 2, age / id, score * 2, id * 1.5, id % 2, name + 1 FROM users",
		"integer null, real null, integer null, integer null, real null, real, integer, unknown"},
	{"SELECT id / 2, id / id, name || age, name || '!', ~id, +id FROM users", "integer, integer null, text null, text, integer, integer"},
	{"SELECT 1, 1.5, 'x', x'00', NULL, TRUE, CURRENT_TIMESTAMP, 0x10", "integer, real, text, blob, unknown null, integer, text, integer"},
	{"SELECT age = 1, age IS 1, age IS NULL, age IN (1), name LIKE 'a', age BETWEEN 1 AND 2, NOT age, age AND 1 FROM users",
		"integer null, integer, integer, integer null, integer, integer null, integer null, integer null"},
	{"SELECT CAST(age AS TEXT), CAST(name AS INTEGER), CAST(id AS BOOLEAN), CAST(at AS DATETIME), CAST(name AS BLOB) FROM users",
		"text null, integer, integer, integer or real null, blob"},
	{"SELECT coalesce(age, 0), coalesce(age, boss), ifnull(name, age), nullif(id, 1), iif(active, 'y', 'n') FROM users",
		"integer, integer null, integer or text, integer null, text"},
	{"SELECT CASE WHEN active THEN 1 ELSE 'x' END, CASE WHEN active THEN age ELSE 0 END, CASE WHEN age IS NULL THEN 0 ELSE age END, CASE active WHEN 1 THEN 2 END FROM users",
		"integer or text, integer null, integer maybe, integer null"},
	{"SELECT count(*), sum(age), max(name), avg(id), total(age), group_concat(name) FROM users", "integer, integer null, text null, real null, real, text null"},
	{"SELECT active, count(*), sum(id), max(age), min(name) FROM users GROUP BY active", "integer, integer, integer, integer null, text"},
	{"SELECT max(id) + 1, name FROM codes, users WHERE link_id = id", "integer null, text null"},
	{"SELECT count(*) FILTER (WHERE active), max(id) FILTER (WHERE id > 5) FROM users GROUP BY 1 = 1", "integer, integer null"},
	{"SELECT row_number() OVER (ORDER BY id), lag(id) OVER (ORDER BY id), lag(id, 1, 0) OVER w, sum(id) OVER w, sum(id) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM users WINDOW w AS (ORDER BY id)",
		"integer, integer null, integer, integer, integer maybe"},
	{"SELECT u.name, l.slug FROM users u LEFT JOIN links l ON l.user_id = u.id", "text, text null"},
	{"SELECT u.name, l.slug FROM links l RIGHT JOIN users u ON l.user_id = u.id", "text, text null"},
	{"SELECT u.name, l.slug FROM users u FULL JOIN links l ON l.id = 7 AND u.id = 7", "text null, text null"},
	{"SELECT u.name, l.slug FROM users u LEFT JOIN links l ON l.user_id = u.id WHERE l.id > 0", "text, text"},
	{"SELECT l.slug, c.code FROM users u LEFT JOIN links l ON l.user_id = u.id LEFT JOIN codes c ON c.link_id = l.id", "text null, text null"},
	{"SELECT l.slug, l2.slug FROM users u LEFT JOIN links l ON l.user_id = u.id LEFT JOIN links l2 ON l2.id = l.id WHERE l2.note IS NOT NULL", "text, text"},
	{"SELECT l.slug, b.name FROM users u LEFT JOIN links l ON l.user_id = u.id JOIN users b ON b.id = l.user_id", "text, text"},
	{"SELECT s.slug FROM users u LEFT JOIN (SELECT user_id, slug FROM links) s ON s.user_id = u.id", "text null"},
	{"SELECT id, slug FROM users LEFT JOIN links USING (id)", "integer, text null"},
	{"SELECT id, slug FROM links RIGHT JOIN users USING (id)", "integer maybe, text null"},
	{"SELECT age, age + 1 FROM users WHERE age > 3", "integer, integer"},
	{"SELECT age FROM users WHERE age IS NOT NULL AND name = 'x' OR age BETWEEN 1 AND 9", "integer"},
	{"SELECT age, score FROM users WHERE age = 1 OR score = 2", "integer null, real null"},
	{"SELECT age FROM users WHERE NOT (age IN (1, 2))", "integer"},
	{"SELECT age FROM users WHERE age IN ()", "integer"},
	{"SELECT age FROM users WHERE NOT (age IN ())", "integer null"},
	{"SELECT age FROM users WHERE age IS 7", "integer"},
	{"SELECT (SELECT slug FROM links WHERE user_id = u.id) FROM users u", "text null"},
	{"SELECT (SELECT name FROM users u WHERE u.id = l.user_id) FROM links l", "text"},
	{"SELECT (SELECT name FROM users u WHERE u.id = l.user_id AND u.active) FROM links l", "text null"},
	{"SELECT (SELECT name FROM users b WHERE b.id = u.boss) FROM users u", "text null"},
	{"SELECT (SELECT count(*) FROM links), (SELECT max(id) FROM codes, links), EXISTS (SELECT 1 FROM links)", "integer, integer null, integer"},
	{"SELECT name FROM users UNION ALL SELECT note FROM links", "text null"},
	{"SELECT 1 AS x UNION SELECT 'a' ORDER BY x", "integer or text"},
	{"SELECT age FROM users EXCEPT SELECT 7", "integer null"},
	{"VALUES (1, 'a'), (NULL, 2.5)", "unknown null, real or text"},
	{"SELECT * FROM prices", "integer, real, text"},
	{"SELECT twice + 1 FROM cheap", "real"},
	{"WITH s (a, b) AS (SELECT id, age FROM users) SELECT a, b, a + b FROM s", "integer, integer null, integer null"},
	{"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3) SELECT i FROM n", "integer"},
	{"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT nullif(i, 2) + 1 FROM n LIMIT 3) SELECT i FROM n", "integer maybe"},
	{"SELECT value, type FROM json_each('[1]')", "unknown maybe, text"},
	{"SELECT lower(note), length(note), abs(price), round(price), hex(note), date(slug) FROM links", "text null, integer null, real, real, text, text maybe"},
	{"SELECT rowid, links.* FROM links", "integer, integer, integer, text, real, text null"},
	{"SELECT code FROM codes", "text maybe"},
	{"SELECT u.id AS a, a + 1 AS b FROM users u, (SELECT 5 AS a) WHERE b > 0", "integer, integer"},
	// what SQLite reads in another way than it looks
	{"SELECT age FROM users WHERE NOT age NOT NULL", "integer null"},
	{"SELECT note FROM links WHERE note NOT LIKE x'00'", "text null"}, // of a blob LIKE is false, also for NULL
	{"SELECT note FROM links WHERE note NOT LIKE 'x%'", "text"},
	{"SELECT note FROM links WHERE note LIKE slug", "text"},
	{"SELECT (SELECT count(*) FROM users LIMIT 0), (SELECT count(*) FROM users LIMIT 1)", "integer maybe, integer"},
	{"SELECT (SELECT count(*) FROM users LIMIT 1 OFFSET 1), (SELECT count(*) FROM users HAVING count(*) > 9), (SELECT 1 WHERE 0)", "integer maybe, integer maybe, integer null"},
	{"SELECT (SELECT 1 EXCEPT SELECT 1), (SELECT count(*) FROM users HAVING max(age) > 9), (SELECT count(*) FROM users GROUP BY id HAVING id > 9)", "integer maybe, integer maybe, integer maybe"},
	{"SELECT 9223372036854775808, -9223372036854775808, 9223372036854775807, -(9223372036854775809)", "real, integer, integer, real"},
	{"SELECT CAST('x' AS ), CAST(id AS ) FROM users", "integer or real, integer"},
	{"SELECT age, score FROM users WHERE age IS TRUE AND NOT score IS DISTINCT FROM NULL", "integer, real null"},
	{"SELECT \"upper\"(name), [length](name), 'id' FROM users", "text, integer, text"},
	{"SELECT sum(id) OVER w, sum(id) OVER v, sum(id) OVER (v) FROM users WINDOW w AS (v ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING), v AS (ORDER BY id)", "integer maybe, integer, integer"},
	{"SELECT b.id, b.slug, c.id FROM users a NATURAL LEFT JOIN links b NATURAL JOIN states c", "integer null, text null, integer"},
	{"SELECT x.id, x.slug FROM (users a LEFT JOIN links b ON b.user_id = a.id) AS x", "integer, text null"},
	{"SELECT a.id, b.slug FROM states s JOIN (users a LEFT JOIN links b ON b.user_id = a.id) ON b.price > 0", "integer, text"},
	// what a CHECK or a foreign key rules out
	{"SELECT seen, maybe FROM states", "text, text null"},
	{"SELECT CASE state WHEN 'on' THEN 1 WHEN 'off' THEN 0 END, CASE WHEN state = 'off' THEN 1 WHEN state IN ('on') THEN 2 END, CASE size WHEN 1 THEN 'x' WHEN 2 THEN 'y' END FROM states",
		"integer, integer, text"},
	{"SELECT CASE state WHEN 'on' THEN 1 END, CASE state WHEN 'on' THEN 1 WHEN 'OFF' THEN 0 END, CASE maybe WHEN 'a' THEN 1 END, CASE size WHEN 1 THEN 'x' WHEN '2' THEN 'y' END FROM states",
		"integer null, integer null, integer null, text null"},
	{"SELECT CASE WHEN a.state = 'on' THEN 1 WHEN b.state = 'off' THEN 2 END FROM states a, states b", "integer null"},
	{"SELECT CASE WHEN state = 'on' AND size = 1 THEN 1 WHEN state = 'off' THEN 2 END FROM states", "integer null"},
	{"SELECT CASE s.state WHEN 'on' THEN 1 WHEN 'off' THEN 2 END FROM users u LEFT JOIN states s ON s.id = u.id", "integer null"},
	{"SELECT l.slug, l.note, u.name FROM states s LEFT JOIN links l ON l.id = s.link_id LEFT JOIN users u ON u.id = l.user_id", "text, text null, text"},
	{"SELECT l.slug FROM states s LEFT JOIN links l ON s.other = l.id", "text null"},
	{"SELECT l.slug FROM states s LEFT JOIN links l ON l.id = s.link_id AND l.price > 1", "text null"},
	{"SELECT l.slug, s.id FROM users u LEFT JOIN states s ON s.id = u.id LEFT JOIN links l ON l.id = s.link_id", "text null, integer null"},
	{"SELECT s.id, l.slug FROM links l LEFT JOIN states s ON s.link_id = l.id", "integer null, text"},
	{"SELECT l.slug, u.name FROM states s LEFT JOIN links l ON l.id = s.link_id RIGHT JOIN users u ON u.id = s.id", "text null, text"},
	{"WITH links (id, slug) AS (SELECT 9, 'z') SELECT links.slug FROM states s LEFT JOIN links ON links.id = s.link_id", "text null"},
	{"INSERT INTO links VALUES (9, 1, 'z', 1, NULL) RETURNING id, note, price * 2", "integer, text null, real"},
	{"UPDATE users SET age = 1 WHERE id = 2 RETURNING *", "integer, text, integer null, real null, integer, integer null, unknown null"},
	{"DELETE FROM links WHERE id = 1 RETURNING slug, note", "text, text null"},
}

// TestQueries compares with what is expected, and what is expected with what
// SQLite returns.
func TestQueries(t *testing.T) {
	a := infer.New(model())
	for _, q := range queries {
		stmt, err := syntax.Parse(q.sql)
		if err != nil {
			t.Fatalf("%s: %v", q.sql, err)
		}
		columns := a.Analyze(stmt).Columns
		got := make([]string, len(columns))
		for i, c := range columns {
			got[i] = show(c.Type)
		}
		if strings.Join(got, ", ") != q.want {
			t.Errorf("%s\n\tis   %s\n\twant %s", q.sql, strings.Join(got, ", "), q.want)
			continue
		}
		for _, fault := range faults(t, q.sql, columns) {
			t.Errorf("%s\n\t%s", q.sql, fault)
		}
	}
}

// faults runs the query and returns where SQLite contradicts the columns.
func faults(tb testing.TB, query string, columns []infer.Column) []string {
	db := open(tb)
	result, err := db.QueryContext(context.Background(), query)
	if err != nil {
		return []string{err.Error()}
	}
	defer result.Close()
	var list []string
	for result.Next() {
		values := make([]any, len(columns))
		dest := make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := result.Scan(dest...); err != nil {
			return append(list, err.Error())
		}
		for i, v := range values {
			if fault := contradicts(columns[i].Type, v); fault != "" {
				list = append(list, fmt.Sprintf("column %d is %s, but SQLite gave %s", i+1, show(columns[i].Type), fault))
			}
		}
	}
	return list
}

func contradicts(t infer.Type, v any) string {
	class := map[string]infer.Class{"int64": infer.Integer, "float64": infer.Real, "string": infer.Text, "[]uint8": infer.Blob}[fmt.Sprintf("%T", v)]
	switch {
	case v == nil && t.Null == infer.NotNull:
		return "NULL"
	case v == nil || t.Class == infer.Unknown || t.Class&class != 0 || class == 0:
		return ""
	}
	return fmt.Sprintf("%T(%v)", v, v)
}

func open(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() { db.Close() })
	if _, err := db.Exec(ddl + rows); err != nil {
		tb.Fatal(err)
	}
	return db
}

// TestRandomExpressions looks for an expression whose value contradicts what
// is inferred.
func TestRandomExpressions(t *testing.T) {
	a := infer.New(model())
	db := open(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 10000 {
		text := randomExpr(rnd, 3)
		query := "SELECT " + text + " FROM users u LEFT JOIN links l ON l.user_id = u.id" +
			[]string{"", " WHERE " + randomExpr(rnd, 2), " GROUP BY u.id"}[rnd.IntN(3)]
		stmt, err := syntax.Parse(query)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		typ := a.Analyze(stmt).Columns[0].Type
		result, err := db.Query(query)
		if err != nil {
			continue // an aggregate in the wrong place
		}
		for result.Next() {
			var v any
			if err := result.Scan(&v); err != nil {
				t.Fatal(err)
			}
			if fault := contradicts(typ, v); fault != "" {
				t.Fatalf("%s\n\tis %s, but SQLite gave %s", query, show(typ), fault)
			}
		}
		result.Close()
	}
}

func randomExpr(rnd *rand.Rand, depth int) string {
	leaves := []string{"u.id", "u.name", "u.age", "u.score", "u.active", "l.slug", "l.price", "l.note", "l.id", "1", "2.5", "'x'", "NULL", "0", "x'41'"}
	if depth == 0 {
		return leaves[rnd.IntN(len(leaves))]
	}
	x := func() string { return "(" + randomExpr(rnd, depth-1) + ")" }
	forms := []string{
		"%s + %s", "%s * %s", "%s / %s", "%s %% %s", "%s || %s", "%s = %s", "%s < %s", "%s AND %s", "%s OR %s",
		"%s IS %s", "%s IN (%s)", "%s NOT IN (%s, 1)", "%s LIKE %s", "%s BETWEEN %s AND 3", "%s & %s",
		"coalesce(%s, %s)", "nullif(%s, %s)", "iif(%s, %s, 1)", "max(%s, %s)", "CASE %s WHEN %s THEN 1 ELSE 'x' END",
		"CASE WHEN %s THEN %s END", "substr(%s, %s)", "instr(%s, %s)", "%s IS NOT DISTINCT FROM %s", "replace(%s, %s, 'y')",
	}
	unary := []string{
		"-%s", "NOT %s", "~%s", "+%s", "%s IS NULL", "lower(%s)", "length(%s)", "abs(%s)", "round(%s)", "typeof(%s)", "hex(%s)",
		"CAST(%s AS TEXT)", "CAST(%s AS INTEGER)", "CAST(%s AS REAL)", "CAST(%s AS NUMERIC)", "CAST(%s AS BLOB)", "sign(%s)",
		"count(%s)", "max(%s)", "sum(%s)", "avg(%s)", "total(%s)", "group_concat(%s)", "(SELECT %s)", "(SELECT %s WHERE u.age)",
		"unicode(%s)", "quote(%s)", "trim(%s)", "ceil(%s)", "date(%s)", "json_valid(%s)", "sqrt(%s)", "%s COLLATE nocase",
		"octet_length(%s)", "char(%s)", "zeroblob(%s)", "concat(%s)", "format('%%s', %s)", "soundex(%s)", "unixepoch(%s)", "upper(%s)",
	}
	if rnd.IntN(2) == 0 {
		return fmt.Sprintf(unary[rnd.IntN(len(unary))], x())
	}
	return fmt.Sprintf(forms[rnd.IntN(len(forms))], x(), x())
}
