package infer_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

const judgedDDL = `
CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER NOT NULL, n INTEGER, r REAL NOT NULL, x REAL, s TEXT NOT NULL, z TEXT,
	b BLOB, f BOOLEAN NOT NULL, g BOOLEAN, d DATETIME NOT NULL, e DATETIME, amount DECIMAL(10, 2) NOT NULL, js TEXT NOT NULL);
CREATE TABLE u (id INTEGER PRIMARY KEY, t_id INTEGER NOT NULL REFERENCES t (id), name TEXT NOT NULL);
CREATE VIRTUAL TABLE docs USING fts5(title, body);
CREATE VIEW sums AS SELECT s, sum(n) AS n, max(r) * 2 AS twice, lag(i) OVER (ORDER BY s) AS before FROM t GROUP BY s;
INSERT INTO docs VALUES ('one word', NULL), (NULL, 'another word');`

// judgedRows are what is in the tables, one state after the other. Together they
// have what makes each expression NULL that can be.
var judgedRows = []string{
	"",
	`INSERT INTO t VALUES (1, 7, NULL, 1.5, NULL, 'a', NULL, NULL, 1, NULL, '2026-01-31 12:00:00', NULL, 2.5, '{}');`,
	`INSERT INTO t VALUES (1, 0, 3, 0.5, 2, 'a', '', x'00', 0, 1, '2026-01-31 12:00:00', '2026-02-28 12:00:00', 3, '{"a":1}'),
		(2, 9007199254740993, NULL, -1, NULL, 'b', NULL, NULL, 1, NULL, '2025-01-31 12:00:00', NULL, 2.5, '{"a":"x"}'),
		(3, 1, 0, 0, 0, '', 'z', x'', 1, 0, '2024-01-31 12:00:00', NULL, 0, '[]');
	INSERT INTO u VALUES (1, 2, 'two');`,
}

type judgedCase struct{ sql, want string }

// judged are expressions over the table t, or whole queries, and what is known
// of them.
var judged = []judgedCase{
	{"sum(i)", "integer null"}, {"sum(n)", "integer null"}, {"sum(r)", "real null"}, {"sum(f)", "integer null"}, {"sum(s)", "integer or real null"}, {"sum(amount)", "unknown null"},
	{"total(n)", "real"}, {"avg(i)", "real null"}, {"count(n)", "integer"}, {"max(n)", "integer null"}, {"min(s)", "text null"}, {"max(d)", "unknown null"},
	{"coalesce(sum(n), 0)", "integer"}, {"coalesce(max(s), '')", "text"}, {"coalesce(sum(r), 0)", "integer or real"}, {"sum(CASE WHEN f THEN n END)", "integer null"},
	{"sum(DISTINCT n)", "integer null"}, {"sum(n) FILTER (WHERE f)", "integer null"}, {"group_concat(s)", "text null"}, {"json_group_array(n)", "text"},
	{"SELECT s, sum(n), sum(i), max(i), count(*), avg(i), group_concat(z) FROM t GROUP BY s", "text, integer null, integer, integer, integer, real, text null"},
	{"SELECT sum(i) / count(*), sum(i) / max(i), sum(i) % 2 FROM t GROUP BY s", "integer, integer null, integer"},
	{"SELECT sum(i) OVER (ORDER BY id), sum(n) OVER (ORDER BY id), lag(i) OVER (ORDER BY id), lead(i, 1, 0) OVER (ORDER BY id), lag(n, 1, 0) OVER (ORDER BY id) FROM t", "integer, integer null, integer null, integer, integer null"},
	{"SELECT first_value(i) OVER (ORDER BY id), last_value(n) OVER (ORDER BY id), nth_value(i, 2) OVER (ORDER BY id), ntile(2) OVER (ORDER BY id), i / count(*) OVER () FROM t", "integer, integer null, integer null, integer, integer"},
	{"nullif(i, 0)", "integer null"}, {"CAST(nullif(i, 0) AS INTEGER)", "integer null"}, {"CAST(max(n) AS INTEGER)", "integer null"}, {"CAST(sum(i) AS REAL)", "real null"},
	{"CAST(i AS TEXT)", "text"}, {"CAST(n AS BLOB)", "blob null"}, {"CAST(s AS NUMERIC)", "integer or real"}, {"CAST(i AS NUMERIC)", "integer"},
	{"CASE WHEN f THEN 1 END", "integer null"}, {"CASE WHEN f THEN n ELSE 0 END", "integer null"}, {"CASE WHEN f THEN 'a' ELSE 'b' END", "text"}, {"CASE i WHEN 7 THEN 'x' END", "text null"},
	{"CASE WHEN n > 0 THEN 9 / n ELSE 0 END", "integer maybe"}, {"iif(f, i, NULL)", "integer null"}, {"iif(f, n, 1)", "integer null"}, {"coalesce(n, id)", "integer"}, {"coalesce(n, g)", "integer null"},
	{"i + 1", "integer"}, {"i * 1.5", "real"}, {"r * 2", "real"}, {"-r", "real"}, {"n + 1", "integer null"}, {"i / 2", "integer"}, {"2 / i", "integer null"}, {"i % n", "integer null"}, {"r / i", "real null"}, {"amount * 2", "unknown"}, {"i & 3", "integer"}, {"~n", "integer null"},
	{"s || 'x'", "text"}, {"z || 'x'", "text null"}, {"i = 1", "integer"}, {"n = 1", "integer null"}, {"n IS NULL", "integer"}, {"n IN (1, 2)", "integer null"}, {"i IN (1, 2)", "integer"}, {"f AND i > 0", "integer"}, {"NOT g", "integer null"}, {"n BETWEEN 1 AND 2", "integer null"}, {"z LIKE 'a%'", "integer null"},
	{"abs(i)", "integer"}, {"abs(x)", "real null"}, {"round(i)", "real"}, {"ceil(r)", "real"}, {"floor(i)", "integer"}, {"length(s)", "integer"}, {"length(z)", "integer null"}, {"upper(z)", "text null"}, {"hex(z)", "text"}, {"typeof(z)", "text"}, {"sign(i)", "integer maybe"},
	{"max(i, 1)", "integer"}, {"min(n, 1)", "integer null"}, {"max(n, r)", "integer or real null"},
	{"json_extract(js, '$.a')", "unknown null"}, {"CAST(json_extract(js, '$.a') AS INTEGER)", "integer null"}, {"js ->> '$.a'", "unknown null"}, {"js -> '$.a'", "text null"}, {"date(d)", "text maybe"},
	{"(SELECT name FROM u WHERE u.t_id = t.id)", "text null"}, {"(SELECT sum(i) FROM t WHERE i > 99 AND i < 100)", "integer null"}, {"(SELECT count(*) FROM u)", "integer"}, {"EXISTS (SELECT 1 FROM u)", "integer"},
	{"SELECT u.name, upper(u.name), t.s FROM t LEFT JOIN u ON u.t_id = t.id", "text null, text null, text"},
	{"SELECT t.s, t.n FROM u JOIN t ON t.id = u.t_id AND t.n IS NOT NULL", "text, integer"},
	{"SELECT s, n, twice, before FROM sums", "text, integer null, real, integer null"},
	{"SELECT title, highlight(docs, 0, '[', ']'), snippet(docs, 1, '[', ']', '', 5), bm25(docs) FROM docs WHERE docs MATCH 'word'", "unknown null, text null, text null, real"},
	{"SELECT max(title), count(body) FROM docs WHERE body IS NULL AND title > 'p'", "unknown null, integer"},
	{"WITH a AS (SELECT n FROM t), b AS (SELECT sum(n) AS n FROM a) SELECT n, n + 1 FROM b", "integer null, integer null"},
	{"SELECT i FROM t UNION ALL SELECT n FROM t", "integer null"}, {"SELECT i FROM t UNION SELECT r FROM t", "integer or real"}, {"SELECT s, 1 FROM t UNION ALL SELECT z, 2 FROM t", "text null, integer"},
}

// TestJudged compares with what is expected, and has SQLite be the judge of
// that: no value is of another class than its column, none is NULL where none
// can be, and where one can be NULL, one is.
func TestJudged(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(judgedDDL); err != nil {
		t.Fatal(err)
	}
	s, err := schema.Read(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	a := infer.New(s)
	columns := make([][]infer.Column, len(judged))
	isNull := map[[2]int]bool{}
	for i, q := range judged {
		stmt, err := syntax.Parse(q.query())
		if err != nil {
			t.Fatalf("%s: %v", q.sql, err)
		}
		columns[i] = a.Analyze(stmt).Columns
		var got []string
		for _, c := range columns[i] {
			got = append(got, show(c.Type))
		}
		if strings.Join(got, ", ") != q.want {
			t.Errorf("%s\n\tis   %s\n\twant %s", q.sql, strings.Join(got, ", "), q.want)
		}
	}
	for _, rows := range judgedRows {
		if _, err := db.Exec("DELETE FROM u; DELETE FROM t; " + rows); err != nil {
			t.Fatal(err)
		}
		for i, q := range judged {
			q.judge(t, db, columns[i], func(column int) { isNull[[2]int{i, column}] = true })
		}
	}
	for i, q := range judged {
		for j, c := range columns[i] {
			if c.Type.Null == infer.CanBeNull && !isNull[[2]int{i, j}] {
				t.Errorf("%s\n\tcolumn %d is %s, but SQLite never gave NULL", q.sql, j+1, show(c.Type))
			}
		}
	}
}

func (q judgedCase) query() string {
	if strings.HasPrefix(q.sql, "SELECT ") || strings.HasPrefix(q.sql, "WITH ") {
		return q.sql
	}
	return "SELECT " + q.sql + " FROM t"
}

// judge runs the query and reports where SQLite contradicts the columns.
func (q judgedCase) judge(t *testing.T, db *sql.DB, columns []infer.Column, null func(column int)) {
	t.Helper()
	result, err := db.Query(q.query())
	if err != nil {
		t.Errorf("%s: %v", q.sql, err)
		return
	}
	defer result.Close()
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for result.Next() {
		if err := result.Scan(dest...); err != nil {
			t.Fatalf("%s: %v", q.sql, err)
		}
		for i, v := range values {
			if v == nil {
				null(i)
			}
			if fault := contradicts(columns[i].Type, v); fault != "" {
				t.Errorf("%s\n\tcolumn %d is %s, but SQLite gave %s", q.sql, i+1, show(columns[i].Type), fault)
			}
		}
	}
	if err := result.Err(); err != nil {
		t.Errorf("%s: %v", q.sql, err)
	}
}
