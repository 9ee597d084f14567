package syntax_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"
	_ "modernc.org/sqlite"

	"github.com/dreysql/drey/internal/sqlite/syntax"
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
		"a IS DISTINCT FROM NULL":                     "(a IS NOT NULL)",
		"((a)) IS (NULL)":                             "(a IS NULL)",
		"a IS NOT DISTINCT FROM (NULL)":               "(a IS NULL)",
		"a IS NOT DISTINCT FROM b":                    "(a IS NOT DISTINCT FROM b)",
		"a ISNULL NOTNULL":                            "((a IS NULL) IS NOT NULL)",
		"a NOT NULL":                                  "(a IS NOT NULL)",
		"NOT a NOT NULL NOT NULL":                     "(NOT ((a IS NOT NULL) IS NOT NULL))",
		"1 + NOT a = (NOT b) NOT NULL":                "(1 + (NOT ((a = (NOT b)) IS NOT NULL)))",
		"a BETWEEN 1 AND NOT -b + c NOT NULL AND d":   "((a BETWEEN 1 AND (NOT (((- b) + c) IS NOT NULL))) AND d)",
		"a BETWEEN b AND c AND d":                     "((a BETWEEN b AND c) AND d)",
		"a NOT BETWEEN b + 1 AND c OR d":              "((a NOT BETWEEN (b + 1) AND c) OR d)",
		"a LIKE b || '%' ESCAPE '\\' = c":             "((a LIKE (b || '%') ESCAPE '\\') = c)",
		"a NOT IN (1, ?2, @x)":                        "(a NOT IN (1, ?2, @x))",
		"a IN ()":                                     "(a IN ())",
		"a IN (SELECT 1)":                             "(a IN …)",
		"a IN json_each(?)":                           "(a IN …)",
		"TRUE AND \"true\" OR t.false":                "((TRUE AND true) OR t.false)",
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
		"sqlc.arg('x') + SQLC . slice (ids)":          "(sqlc.arg('x') + SQLC.slice(ids))",
		"x'00' || 1e3 || CURRENT_DATE":                "((x'00' || 1e3) || CURRENT_DATE)",
		"replace(a, b, c) || glob(a, b)":              "(replace(a, b, c) || glob(a, b))",
		"EXISTS (SELECT 1) AND NOT EXISTS (SELECT 2)": "(EXISTS (SELECT …) AND (NOT EXISTS (SELECT …)))",
	} {
		stmt, err := syntax.Parse("SELECT " + text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := render(syntax.Query(stmt.(*ast.SelectStmt)).Columns[0].Expr); got != want {
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

// ddl is more of that: schema changes, and the other statements there are.
var ddl = []string{
	"CREATE TABLE IF NOT EXISTS x (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE nocase NOT NULL DEFAULT 'x' UNIQUE, b AS (a || 'y') STORED, c DECIMAL(10, 2) DEFAULT (1 + 2), CHECK (NOT a NOT NULL OR a <> ''), CONSTRAINT f FOREIGN KEY (a) REFERENCES t (b) ON DELETE CASCADE) STRICT, WITHOUT ROWID",
	"CREATE TABLE x AS SELECT 1 AS a",
	"CREATE UNIQUE INDEX i ON t (b COLLATE nocase DESC, c + 1) WHERE d NOT NULL",
	"CREATE TRIGGER g AFTER UPDATE OF b ON t FOR EACH ROW WHEN NEW.b > 1 BEGIN UPDATE t SET c = 1 WHERE a = NEW.a; SELECT RAISE(ABORT, 'no'); END",
	"CREATE VIRTUAL TABLE f USING fts5(title, body, tokenize = 'porter')",
	"ALTER TABLE t ADD COLUMN e TEXT DEFAULT 'x'", "ALTER TABLE t RENAME COLUMN b TO e", "ALTER TABLE t RENAME TO s", "ALTER TABLE t DROP COLUMN d",
	"DROP TABLE IF EXISTS t", "DROP INDEX t_b", "PRAGMA foreign_keys = ON", "BEGIN IMMEDIATE", "VACUUM", "ANALYZE t", "REINDEX", "EXPLAIN QUERY PLAN SELECT * FROM t",
}

func TestAcceptsWhatSQLiteDoes(t *testing.T) {
	conn := open(t)
	for _, text := range ddl {
		if stmt, err := conn.PrepareContext(t.Context(), text); err != nil && isSyntaxError(err.Error()) {
			t.Errorf("SQLite refuses %s: %v", text, err)
		} else if err == nil {
			stmt.Close()
		}
		if _, err := syntax.Parse(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range accepted {
		if _, err := conn.ExecContext(t.Context(), "EXPLAIN "+text); err != nil {
			t.Errorf("SQLite refuses %s: %v", text, err)
		}
		if _, err := syntax.Parse(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestTypes compares declared types with those that SQLite tells.
func TestTypes(t *testing.T) {
	conn := open(t)
	const create = `CREATE TABLE types (a, b TEXT GENERATED ALWAYS AS (a), c VARCHAR (10 ,2) AS (a), d "unsigned" big  INT NOT NULL,
		e GENERATED ALWAYS AS (a), f TEXT (5) GENERATED ALWAYS AS (a) STORED, g /* x */ DOUBLE  "PRECISION" DEFAULT 1)`
	if _, err := conn.ExecContext(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	stmt, err := syntax.Parse(create)
	if err != nil {
		t.Fatal(err)
	}
	blanks := strings.NewReplacer(" ", "")
	for _, def := range stmt.(*ast.CreateTableStmt).Columns {
		var want string
		if err := conn.QueryRowContext(t.Context(), "SELECT type FROM pragma_table_xinfo('types') WHERE name = ?", def.Name.Name).Scan(&want); err != nil {
			t.Fatal(err)
		}
		if got := syntax.Type(def.Type); blanks.Replace(got) != blanks.Replace(want) {
			t.Errorf("the type of %s is %q, want %q", def.Name.Name, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	for text, pos := range map[string]int{
		"SELECT": 6, "SELECT 1 FROM": 13, "SELECT (1": 9, "SELECT FROM t": 7, "UPDATE t": 8, "SELECT 1 'a' 'b'": 13,
		"SELECT sqlc.arg(": 16, "SELECT sqlc.a.b(1)": 15, "SELECT 1\x00 FROM t": 8, "SELECT " + strings.Repeat("(", 20000): -1,
		"": -1, "SELECT 1; SELECT 2": -1,
	} {
		_, err := syntax.Parse(text)
		e, ok := err.(*parser.Error)
		if !ok {
			t.Errorf("%.40s: no error", text)
		} else if e.Offset != pos && pos >= 0 {
			t.Errorf("%.40s: error at %d, want %d: %v", text, e.Offset, pos, e)
		}
	}
}

// TestPrecedence lets SQLite evaluate random expressions as written and with
// the parentheses that the tree puts in. What SQLite's parser refuses is refused.
func TestPrecedence(t *testing.T) {
	conn := open(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 10000 {
		text := randomExpr(rnd, 4)
		want := evaluate(conn, text)
		stmt, err := syntax.Parse("SELECT " + text)
		if refused := isSyntaxError(want); refused != (err != nil) {
			t.Fatalf("%s is %s,\nthe parser says %v", text, want, err)
		} else if refused {
			continue
		}
		paren := render(syntax.Query(stmt.(*ast.SelectStmt)).Columns[0].Expr)
		if got := evaluate(conn, paren); got != want {
			t.Fatalf("%s is %s,\n%s is %s", text, want, paren, got)
		}
	}
}

func isSyntaxError(msg string) bool {
	return strings.Contains(msg, "syntax error") || strings.Contains(msg, "incomplete input") || strings.Contains(msg, "unrecognized token")
}

func randomExpr(rnd *rand.Rand, depth int) string {
	if depth == 0 || rnd.IntN(6) == 0 {
		return []string{"1", "2", "0", "'a'", "NULL", "3.5", "-1", "NOT 1", "NOT NULL", "(1)", "TRUE", "~ 2", "x'61'", "+ - 3"}[rnd.IntN(14)]
	}
	sub := func() string { return randomExpr(rnd, depth-1) }
	switch rnd.IntN(12) {
	case 0:
		return sub() + []string{" IS NULL", " NOTNULL", " NOT NULL", " COLLATE nocase", " ISNULL"}[rnd.IntN(5)]
	case 1:
		return sub() + []string{" BETWEEN ", " NOT BETWEEN "}[rnd.IntN(2)] + randomExpr(rnd, rnd.IntN(2)) + " + 1 AND " + sub()
	case 2:
		return sub() + []string{" NOT IN (", " IN ("}[rnd.IntN(2)] + sub() + ", " + sub() + ")"
	case 3:
		return sub() + []string{" LIKE ", " NOT LIKE ", " GLOB "}[rnd.IntN(3)] + sub()
	case 4:
		return sub() + " LIKE (" + sub() + ") ESCAPE " + []string{"'a'", "'%'", sub()}[rnd.IntN(3)]
	case 5:
		return []string{"NOT ", "- ", "~ ", "+ "}[rnd.IntN(4)] + sub()
	case 6:
		return "CASE " + sub() + " WHEN " + sub() + " THEN " + sub() + " ELSE " + sub() + " END"
	default:
		ops := strings.Split("OR,AND,=,==,<>,IS,IS NOT,IS DISTINCT FROM,IS NOT DISTINCT FROM,<,<=,>,>=,&,|,<<,>>,+,-,*,/,%,||,->,->>", ",")
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

const tables = "CREATE TABLE t (a INTEGER PRIMARY KEY, b, c, d); CREATE INDEX t_b ON t (b); CREATE TABLE u (a); CREATE TABLE u2 (z)"

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
	if _, err := conn.ExecContext(context.Background(), tables); err != nil {
		tb.Fatal(err)
	}
	return conn
}
