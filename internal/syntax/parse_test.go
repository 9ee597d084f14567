package syntax_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/dreysql/drey/internal/syntax"
)

func TestExpressions(t *testing.T) {
	for text, want := range map[string]string{
		"a OR b AND c":                                "(a OR (b AND c))",
		"NOT a = b AND c":                             "((NOT (a = b)) AND c)",
		"a = NOT b = c":                               "(a = (NOT (b = c)))",
		"a == b != c":                                 "((a = b) <> c)",
		"a < b = c > d":                               "((a < b) = (c > d))",
		"a + b * c || d":                              "(a + (b * (c || d)))",
		"-a COLLATE nocase || b":                      "(((- a) COLLATE nocase) || b)",
		"a -> 'b' ->> 'c'":                            "((a -> 'b') ->> 'c')",
		"a & b << c + d":                              "((a & b) << (c + d))",
		"a IS NOT b IS NULL":                          "((a IS NOT b) IS NULL)",
		"a IS NOT DISTINCT FROM b":                    "(a IS NOT DISTINCT FROM b)",
		"a ISNULL NOTNULL":                            "((a IS NULL) IS NOT NULL)",
		"a NOT NULL":                                  "(a IS NOT NULL)",
		"a BETWEEN b AND c AND d":                     "((a BETWEEN b AND c) AND d)",
		"a NOT BETWEEN b + 1 AND c OR d":              "((a NOT BETWEEN (b + 1) AND c) OR d)",
		"a LIKE b || '%' ESCAPE '\\' = c":             "((a LIKE (b || '%') ESCAPE '\\') = c)",
		"a NOT IN (1, ?2, @x)":                        "(a NOT IN (1, ?2, @x))",
		"a IN ()":                                     "(a IN ())",
		"a IN (SELECT 1)":                             "(a IN …)",
		"a IN json_each(?)":                           "(a IN …)",
		"(a, b) < (1, 2)":                             "((a, b) < (1, 2))",
		"main.t.a + t.b":                              "(main.t.a + t.b)",
		`"a b".[c]`:                                   "a b.c",
		"CASE a WHEN 1 THEN b ELSE c END":             "CASE a WHEN 1 THEN b ELSE c END",
		"CASE WHEN a THEN b END + 1":                  "(CASE  WHEN a THEN b END + 1)",
		"CAST(a AS DOUBLE PRECISION)":                 "CAST(a AS DOUBLE PRECISION)",
		"CAST(a AS decimal(10, 2))":                   "CAST(a AS decimal(10,2))",
		"count(*) FILTER (WHERE a) OVER w":            "count(*)",
		"sum(DISTINCT a) OVER (PARTITION BY b)":       "sum(a)",
		"group_concat(a, ',' ORDER BY b)":             "group_concat(a, ',')",
		"sqlc.arg('x') + sqlc.slice(ids)":             "(sqlc.arg('x') + sqlc.slice(ids))",
		"x'00' || 1e3 || CURRENT_DATE":                "((x'00' || 1e3) || CURRENT_DATE)",
		"replace(a, b, c) || glob(a, b)":              "(replace(a, b, c) || glob(a, b))",
		"EXISTS (SELECT 1) AND NOT EXISTS (SELECT 2)": "(EXISTS (SELECT …) AND (NOT EXISTS (SELECT …)))",
	} {
		stmt, err := syntax.Parse("SELECT " + text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := render(stmt.(*syntax.Select).Cores[0].Columns[0].Expr); got != want {
			t.Errorf("%s\n\tis   %s\n\twant %s", text, got, want)
		}
	}
}

// accepted is what SQLite prepares on the schema of TestAcceptsWhatSQLiteDoes.
var accepted = []string{
	"SELECT * FROM t",
	"SELECT t.*, a AS x, b y, c 'z' FROM main.t AS t WHERE a = 1 GROUP BY a, b HAVING count(*) > 1 ORDER BY a DESC NULLS LAST, 2 LIMIT 5 OFFSET 3",
	"SELECT 1 LIMIT 2, 3",
	"SELECT ALL a FROM t UNION ALL SELECT DISTINCT b FROM t INTERSECT SELECT 1 ORDER BY 1",
	"SELECT * FROM t CROSS JOIN u2 AS t2 NATURAL JOIN u2 ua LEFT OUTER JOIN u2 t3 USING (z), u RIGHT JOIN u u3 ON u.a = t.a FULL JOIN u u4 ON 1",
	"SELECT * FROM (t JOIN u USING (a)) JOIN (SELECT 1 AS one) AS s ON 1",
	"SELECT * FROM (t, u) WHERE t.a",
	"SELECT * FROM t INDEXED BY t_b WHERE b = 1",
	"SELECT * FROM t NOT INDEXED",
	"SELECT j.value FROM json_each('[1]') AS j, json_tree('[2]')",
	"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 3), m AS MATERIALIZED (SELECT 1), n AS NOT MATERIALIZED (VALUES (1)) SELECT * FROM r, m, n",
	"SELECT row_number() OVER (PARTITION BY a ORDER BY b DESC), sum(a) FILTER (WHERE a > 1) OVER w, lag(a, 1) OVER (w ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES) FROM t WINDOW w AS (ORDER BY a), v AS (w)",
	"SELECT sum(a) OVER (ORDER BY a RANGE CURRENT ROW EXCLUDE NO OTHERS) FROM t",
	"SELECT (SELECT a FROM t), EXISTS (SELECT 1), (VALUES (1)), a IN u, a IN (VALUES (1)) FROM t",
	"SELECT CASE WHEN a THEN 1 END AS \"end\", if FROM (SELECT 1 AS a, 2 AS if)",
	"SELECT group_concat(DISTINCT a) , string_agg(a, ',' ORDER BY b) FROM t",
	"INSERT INTO t (a, b) VALUES (1, 2), (3, 4) ON CONFLICT (a) WHERE a > 0 DO UPDATE SET b = excluded.b, (c, d) = (SELECT 1, 2) WHERE b < 1 ON CONFLICT DO NOTHING RETURNING *, a AS x",
	"INSERT OR REPLACE INTO main.t AS x SELECT * FROM t WHERE true ON CONFLICT DO NOTHING",
	"REPLACE INTO t DEFAULT VALUES",
	"WITH x AS (SELECT 1 AS a) INSERT INTO t (a) WITH y AS (SELECT 2) SELECT a FROM x",
	"UPDATE OR IGNORE t AS x SET a = 1, (b, c) = (2, 3) FROM u, u AS uz WHERE x.a = u.a RETURNING a",
	"UPDATE t INDEXED BY t_b SET a = 1 WHERE b = 1",
	"WITH x AS (SELECT 1) DELETE FROM t AS y WHERE a IN (SELECT * FROM x) RETURNING a + 1 AS z",
	"SELECT 1;",
	"SELECT a IS TRUE, a IS NOT FALSE, a IS NOT NULL, a NOT LIKE 'x' ESCAPE '!', ~a, - - a, + a FROM t",
	"SELECT \"a\", `b`, [c], 'd' FROM \"t\"",
	"SELECT key, value, desc, row, rows, plan, no, first FROM (SELECT 1 AS key, 2 AS value, 3 AS desc, 4 AS row, 5 AS rows, 6 AS plan, 7 AS no, 8 AS first)",
	"SELECT if(a, 1), like('a', 'b'), replace('a', 'b', 'c') FROM t",
	"SELECT 1 WHERE 'x' IN (SELECT 'x') OR 1 NOT IN ()",
	"CREATE VIEW v2 (x, y) AS SELECT a, b FROM t",
	"CREATE TEMP VIEW IF NOT EXISTS v3 AS WITH z AS (SELECT 1) SELECT * FROM z",
}

func TestAcceptsWhatSQLiteDoes(t *testing.T) {
	conn := open(t)
	for _, text := range accepted {
		if _, err := conn.ExecContext(t.Context(), "EXPLAIN "+text); err != nil {
			t.Errorf("SQLite refuses %s: %v", text, err)
		}
		if _, err := syntax.Parse(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestErrors(t *testing.T) {
	for text, pos := range map[string]int{
		"": 0, "SELECT": 6, "SELECT 1 FROM": 13, "SELECT 1; SELECT 2": 10, "SELECT (1": 9,
		"DROP TABLE t": 0, "SELECT FROM t": 7, "UPDATE t": 8, "SELECT 1 'a' 'b'": 13,
		"SELECT " + strings.Repeat("(", 5000): -1,
	} {
		_, err := syntax.Parse(text)
		e, ok := err.(*syntax.Error)
		if !ok {
			t.Errorf("%.40s: no error", text)
		} else if e.Pos != pos && pos >= 0 {
			t.Errorf("%.40s: error at %d, want %d: %v", text, e.Pos, pos, e)
		}
	}
}

// TestPrecedence lets SQLite evaluate random expressions as written and with
// the parentheses that the tree puts in.
func TestPrecedence(t *testing.T) {
	conn := open(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		text := randomExpr(rnd, 4)
		want := evaluate(conn, text)
		if strings.Contains(want, "syntax error") {
			continue
		}
		stmt, err := syntax.Parse("SELECT " + text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		paren := render(stmt.(*syntax.Select).Cores[0].Columns[0].Expr)
		if got := evaluate(conn, paren); got != want {
			t.Fatalf("%s is %s,\n%s is %s", text, want, paren, got)
		}
	}
}

func randomExpr(rnd *rand.Rand, depth int) string {
	if depth == 0 || rnd.IntN(6) == 0 {
		return []string{"1", "2", "0", "'a'", "NULL", "3.5", "-1", "NOT 1", "NOT NULL", "(1)"}[rnd.IntN(10)]
	}
	sub := func() string { return randomExpr(rnd, depth-1) }
	switch rnd.IntN(8) {
	case 0:
		return sub() + []string{" IS NULL", " NOTNULL", " NOT NULL", " COLLATE nocase"}[rnd.IntN(4)]
	case 1:
		return sub() + " BETWEEN " + randomExpr(rnd, 0) + " + 1 AND " + sub()
	case 2:
		return sub() + " NOT IN (" + sub() + ", " + sub() + ")"
	case 3:
		return sub() + " LIKE " + sub()
	default:
		ops := strings.Fields("OR AND = == <> IS < <= > >= & | << + - * / % ||")
		return sub() + " " + ops[rnd.IntN(len(ops))] + " " + sub()
	}
}

func evaluate(conn *sql.Conn, expr string) string {
	var v any
	if err := conn.QueryRowContext(context.Background(), "SELECT "+expr).Scan(&v); err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%T %v", v, v)
}

func open(tb testing.TB) *sql.Conn {
	tb.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close(); db.Close() })
	const ddl = "CREATE TABLE t (a INTEGER PRIMARY KEY, b, c, d); CREATE INDEX t_b ON t (b); CREATE TABLE u (a); CREATE TABLE u2 (z)"
	if _, err := conn.ExecContext(context.Background(), ddl); err != nil {
		tb.Fatal(err)
	}
	return conn
}

// FuzzParse checks that no text makes the parser panic or hang, and that spans
// lie inside the text.
func FuzzParse(f *testing.F) {
	for _, text := range accepted {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		stmt, err := syntax.Parse(text)
		if err != nil {
			return
		}
		sel, ok := stmt.(*syntax.Select)
		if !ok {
			return
		}
		for _, c := range sel.Cores[0].Columns {
			syntax.Walk(c.Expr, func(x syntax.Expr) bool {
				if start, end := x.Span(); start < 0 || end > len(text) || start >= end {
					t.Fatalf("%T of %q spans %d to %d", x, text, start, end)
				}
				return true
			})
		}
	})
}
