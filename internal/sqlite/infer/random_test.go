package infer_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// The tables have NULL in every column that may hold it, and rows without a partner
// in the other tables. One table is empty.
const randomDDL = `
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, x INTEGER, r REAL NOT NULL, q REAL, s TEXT NOT NULL, z TEXT, f BOOLEAN NOT NULL, g BOOLEAN,
	k TEXT NOT NULL CHECK (k IN ('a', 'b')), c INTEGER CHECK (c IS NOT NULL));
CREATE TABLE u (id INTEGER PRIMARY KEY, t_id INTEGER NOT NULL REFERENCES t (id), o_id INTEGER REFERENCES t (id), s TEXT COLLATE NOCASE, b BLOB);
CREATE TABLE e (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, z TEXT, s TEXT NOT NULL);
CREATE VIEW v AS SELECT t.id, t.n + 1 AS n, u.s, count(*) OVER () AS all_of FROM t LEFT JOIN u ON u.o_id = t.id;
INSERT INTO t VALUES (1, 7, NULL, 1.5, NULL, 'a', NULL, 1, NULL, 'a', 1), (2, 0, 2, -0.5, 3, '', 'z', 0, 1, 'b', 2), (3, -1, 0, 0, 0.5, '12', '', 1, 0, 'a', 0);
INSERT INTO u VALUES (1, 1, NULL, 'A', x'00'), (2, 1, 2, NULL, NULL), (5, 3, 3, 'a', x'');`

// generator writes random statements over these tables.
type generator struct {
	*rand.Rand
	aliases int
	ctes    []relation
}

type relation struct {
	name    string
	columns []string
}

func (g *generator) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g *generator) alias() string {
	g.aliases++
	return fmt.Sprintf("a%d", g.aliases)
}

var stored = []relation{
	{"t", strings.Fields("id n x r q s z f g k c rowid")}, {"u", strings.Fields("id t_id o_id s b")},
	{"e", strings.Fields("id n z s")}, {"v", strings.Fields("id n s all_of")},
}

// source is a term of a FROM clause, and what can be named of it.
func (g *generator) source(depth int) (string, []relation) {
	alias := g.alias()
	switch n := g.IntN(10); {
	case depth == 0 || n < 6:
		list := append(append([]relation{}, stored...), g.ctes...)
		r := list[g.IntN(len(list))]
		return r.name + " AS " + alias, []relation{{alias, r.columns}}
	case n < 8:
		text, columns := g.selects(depth-1, nil)
		return "(" + text + ") AS " + alias, []relation{{alias, columns}}
	}
	text, inner := g.from(depth - 1)
	if g.IntN(2) == 0 {
		return "(" + text + ")", inner
	}
	return "(" + text + ") AS " + alias, []relation{{alias, inner[0].columns}}
}

// from is a FROM clause without its first word.
func (g *generator) from(depth int) (string, []relation) {
	text, scope := g.source(depth)
	for range g.IntN(3) {
		right, more := g.source(depth)
		both := append(append([]relation{}, scope...), more...)
		switch g.IntN(8) {
		case 0:
			text += ", " + right
		case 1:
			text += " NATURAL " + g.pick("", "LEFT ") + "JOIN " + right
		case 2:
			text += " " + g.pick("", "LEFT ", "RIGHT ", "FULL ") + "JOIN " + right + " USING (id)"
		case 3: // along a foreign key
			text += " LEFT JOIN " + right + " ON " + g.column(scope) + " = " + g.column(more)
		default:
			text += " " + g.pick("", "LEFT ", "LEFT OUTER ", "RIGHT ", "FULL ", "CROSS ") + "JOIN " + right + " ON " + g.expr(both, 2)
		}
		scope = both
	}
	return text, scope
}

func (g *generator) column(scope []relation) string {
	r := scope[g.IntN(len(scope))]
	return r.name + "." + r.columns[g.IntN(len(r.columns))]
}

func (g *generator) leaf(scope []relation) string {
	if len(scope) > 0 && g.IntN(3) > 0 {
		return g.column(scope)
	}
	return g.pick("1", "0", "-1", "2.5", "'x'", "''", "NULL", "TRUE", "FALSE", "x'61'", "CURRENT_DATE", "1e3", "0x1F", "1_000", "'12'")
}

// expr is an expression; every kind of node is among them.
func (g *generator) expr(scope []relation, depth int) string {
	if depth == 0 || g.IntN(5) == 0 {
		return g.leaf(scope)
	}
	x := func() string { return "(" + g.expr(scope, depth-1) + ")" }
	switch g.IntN(14) {
	case 0:
		return x() + " " + g.pick("+", "-", "*", "/", "%", "||", "&", "|", "<<", ">>", "->", "->>") + " " + x()
	case 1:
		return x() + " " + g.pick("=", "==", "<>", "!=", "<", "<=", ">", ">=", "IS", "IS NOT", "IS DISTINCT FROM", "IS NOT DISTINCT FROM") + " " + x()
	case 2:
		return x() + " " + g.pick("AND", "OR") + " " + x()
	case 3:
		return g.pick("NOT ", "-", "+", "~", "NOT NOT ", "- -") + x() + g.pick("", "", " NOT NULL", " COLLATE NOCASE")
	case 4:
		return x() + " " + g.pick("IS NULL", "IS NOT NULL", "ISNULL", "NOTNULL", "NOT NULL", "IS TRUE", "IS NOT FALSE", "COLLATE NOCASE")
	case 5:
		return x() + " " + g.pick("", "NOT ") + g.pick("LIKE ", "GLOB ") + x() + g.pick("", "", " ESCAPE '!'")
	case 6:
		return x() + " " + g.pick("", "NOT ") + "BETWEEN " + x() + " AND " + x()
	case 7:
		return x() + " " + g.pick("", "NOT ") + g.pick("IN ()", "IN ("+x()+", "+x()+")", "IN (SELECT id FROM e)", "IN (SELECT x FROM t)", "IN (VALUES (1), (NULL))", "IN (SELECT 1 LIMIT 0)")
	case 8:
		return "CASE " + g.pick("", x()) + " WHEN " + x() + " THEN " + x() + g.pick("", " WHEN "+x()+" THEN "+x()) + g.pick("", " ELSE "+x()) + " END"
	case 9:
		return "CAST(" + x() + " AS " + g.pick("INTEGER", "TEXT", "REAL", "NUMERIC", "BLOB", "BOOLEAN", `"text"`, "", "DECIMAL(10, 2)") + ")"
	case 10:
		return g.pick("(1, "+x()+") "+g.pick("<", "=", "IS", ">=")+" ("+x()+", 2)", "(1, 2) IN (SELECT id, n FROM t)", "EXISTS (SELECT 1 FROM e)", "NOT EXISTS (SELECT 1 FROM t)")
	case 11:
		inner, columns := g.selects(depth-1, scope)
		return "(SELECT " + columns[0] + " FROM (" + inner + "))" // as wide as it likes
	case 12:
		return "(SELECT " + g.pick("count(*)", "max(n)", "sum(x)", "n", "x", g.leaf(scope)) + " FROM " + g.pick("t", "e", "t WHERE id = 2", "t WHERE id = "+g.leaf(scope), "e WHERE 0", "t LIMIT 0", "t LIMIT 1 OFFSET 9") + ")"
	}
	return g.call(x)
}

func (g *generator) call(x func() string) string {
	one := g.pick("lower", "upper", `"upper"`, "length", "abs", "round", "hex", "typeof", "quote", "unicode", "trim", "date", "json_valid", "sqrt", "octet_length", "char", "concat",
		"soundex", "unixepoch", "sign", "ceil", "likely", "json_quote", "unhex", "zeroblob", "octet_length", "json_array", "jsonb", "coalesce")
	two := g.pick("coalesce", "ifnull", "nullif", "iif", "min", "max", "instr", "substr", "round", "replace", "concat_ws", "format", "json_extract", "json_object", "pow", "atan2", "ltrim", "unhex", "json_array")
	switch g.IntN(4) {
	case 0:
		return two + "(" + x() + ", " + x() + ")"
	case 1:
		return g.pick("iif", "coalesce", "replace", "substr", "max", "concat", "json_set", "if") + "(" + x() + ", " + x() + ", " + x() + ")"
	}
	if one == "coalesce" {
		one = "likely"
	}
	return one + "(" + x() + ")"
}

// aggregate is a call of an aggregate or window function.
func (g *generator) aggregate(scope []relation, window bool) string {
	x := g.expr(scope, 1)
	call := g.pick("count(*)", "count("+x+")", "sum("+x+")", "total("+x+")", "avg("+x+")", "min("+x+")", "max("+x+")", "group_concat("+x+")",
		"json_group_array("+x+")", "count(DISTINCT "+x+")", "max("+x+")")
	call += g.pick("", "", " FILTER (WHERE "+g.expr(scope, 1)+")")
	if !window {
		return call
	}
	call = g.pick(call, "row_number()", "rank()", "lag("+x+")", "lead("+x+", 1, 0)", "first_value("+x+")", "nth_value("+x+", 2)", "ntile(2)", "cume_dist()")
	if strings.Contains(call, "DISTINCT") || strings.Contains(call, "FILTER") {
		call = "last_value(" + x + ")"
	}
	return call + " OVER " + g.pick("()", "w", "(w)", "(PARTITION BY "+g.leaf(scope)+")", "(w ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING)", "w2", "(w2)")
}

// selects is a select whose columns are c0, c1, …; outer can be named in it.
func (g *generator) selects(depth int, outer []relation) (string, []string) {
	with := ""
	if depth > 0 && g.IntN(4) == 0 {
		text, columns := g.selects(depth-1, nil)
		name := g.alias()
		with = "WITH " + name + " (" + strings.Join(columns, ", ") + ") AS (" + text + ") "
		g.ctes = append(g.ctes, relation{name, columns})
		defer func() { g.ctes = g.ctes[:len(g.ctes)-1] }()
	}
	n := 1 + g.IntN(3)
	columns := make([]string, n)
	for i := range columns {
		columns[i] = fmt.Sprint("c", i)
	}
	text := with + g.core(depth, outer, n)
	for range g.IntN(5) - 2 {
		text += " " + g.pick("UNION", "UNION ALL", "EXCEPT", "INTERSECT") + " " + g.core(depth, outer, n)
	}
	if g.IntN(6) == 0 {
		text += g.pick(" ORDER BY 1", " LIMIT 2", " ORDER BY 1 LIMIT 1, 2", " LIMIT 0")
		if strings.HasSuffix(text, ")") {
			text = strings.TrimSuffix(text, " ORDER BY 1")
		}
	}
	return text, columns
}

func (g *generator) core(depth int, outer []relation, n int) string {
	scope := outer
	from := ""
	if g.IntN(8) > 0 {
		text, own := g.from(depth)
		from, scope = " FROM "+text, append(append([]relation{}, own...), outer...)
		if g.IntN(2) == 0 {
			from += " WHERE " + g.expr(scope, 2)
		}
	}
	kind := g.IntN(4)
	list := make([]string, n)
	for i := range list {
		switch {
		case kind == 1 && from != "" && g.IntN(3) > 0:
			list[i] = g.aggregate(scope[:max(1, len(scope)-len(outer))], false)
		case kind == 2 && from != "":
			list[i] = g.aggregate(scope[:max(1, len(scope)-len(outer))], true)
		default:
			list[i] = g.expr(scope, 2)
		}
		list[i] += fmt.Sprint(" AS c", i)
	}
	switch {
	case kind == 1 && from != "":
		from += g.pick("", " GROUP BY "+g.leaf(scope), " GROUP BY "+g.column(scope)+" HAVING count(*) > 0", " HAVING count(*) >= "+g.pick("0", "99"))
	case kind == 2 && from != "":
		from += " WINDOW w AS (ORDER BY " + g.leaf(scope) + "), w2 AS (PARTITION BY " + g.leaf(scope) + " ORDER BY 1" + g.pick("", " ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING") + ")"
	}
	return "SELECT " + g.pick("", "", "DISTINCT ") + strings.Join(list, ", ") + from
}

// TestRandomStatements: what is inferred of a random select, SQLite does not
// contradict: no value is of another class than its column, none is NULL where none
// can be, and a truth value is 0 or 1.
func TestRandomStatements(t *testing.T) {
	db := openRandom(t)
	s, err := schema.Read(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	a := infer.New(s)
	ran, told := 0, 0
	for seed := range uint64(3000) {
		query, types, refused := randomSelect(t, a, db, seed)
		if refused {
			continue
		}
		ran++
		for _, c := range types {
			if c.Type.Null == infer.NotNull {
				told++
			}
		}
		for _, fault := range randomFaults(t, db, query, types) {
			t.Errorf("seed %d: %s\n\t%s", seed, query, fault)
		}
	}
	if t.Logf("%d statements ran, %d columns that are never NULL", ran, told); ran < 1000 || told < 1000 {
		t.Error("too few of them are of use")
	}
}

// FuzzStatements is TestRandomStatements for other seeds.
func FuzzStatements(f *testing.F) {
	db := openRandom(f)
	s, err := schema.Read(f.Context(), db)
	if err != nil {
		f.Fatal(err)
	}
	a := infer.New(s)
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		if query, types, refused := randomSelect(t, a, db, seed); !refused {
			for _, fault := range randomFaults(t, db, query, types) {
				t.Fatalf("%s\n\t%s", query, fault)
			}
		}
	})
}

func openRandom(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() { db.Close() })
	if _, err := db.Exec(randomDDL); err != nil {
		tb.Fatal(err)
	}
	return db
}

// randomSelect infers over the select of a seed. SQLite refuses a few of them: an
// ambiguous name, a window in the wrong place.
func randomSelect(tb testing.TB, a *infer.Analyzer, db *sql.DB, seed uint64) (query string, columns []infer.Column, refused bool) {
	tb.Helper()
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 9))}
	query, _ = g.selects(2, nil)
	stmt, err := db.PrepareContext(context.Background(), query)
	tree, parseErr := syntax.Parse(query)
	if err != nil {
		return query, nil, true
	}
	stmt.Close()
	if parseErr != nil {
		tb.Fatalf("seed %d: %s\n\t%v", seed, query, parseErr)
	}
	return query, a.Analyze(tree).Columns, false
}

func randomFaults(tb testing.TB, db *sql.DB, query string, columns []infer.Column) (faults []string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second) // a few have very many rows
	defer cancel()
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil // it overflows, say
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return []string{err.Error()}
	}
	if columns != nil && len(columns) != len(names) {
		return []string{fmt.Sprintf("it has %d columns, and %d are inferred", len(names), len(columns))}
	}
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for n := 0; len(columns) > 0 && rows.Next() && n < 300; n++ {
		if err := rows.Scan(dest...); err != nil {
			return append(faults, err.Error())
		}
		for i, v := range values {
			fault := contradicts(columns[i].Type, v)
			if n, ok := v.(int64); ok && columns[i].Type.Bool && n != 0 && n != 1 {
				fault = fmt.Sprint(n, ", which is not a truth value")
			}
			if fault != "" {
				return append(faults, fmt.Sprintf("column %d is %s, but SQLite gave %s", i+1, show(columns[i].Type), fault))
			}
		}
	}
	return faults
}
