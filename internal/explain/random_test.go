package explain_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/explain"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite"
)

// TestRandom explains random queries over random schemas. A finding whose index is named has
// to be gone once the indexes of the query are there: EXPLAIN QUERY PLAN then names each
// index, and has no scan of that table and no automatic index of it. Each table has a name of
// its own in the query.
func TestRandom(t *testing.T) {
	schemas, named := 25, 0
	if testing.Short() {
		schemas = 10
	}
	for seed := range uint64(schemas) {
		r := rand.New(rand.NewPCG(seed, 20))
		ddl := randomSchema(r)
		m, s := migrated(t, ddl)
		e, err := explain.New(m, s, nil)
		must(t, err)
		for range 20 {
			sql := randomQuery(r)
			queries, err := query.Parse("q.sql", []byte("-- name: Find :many\n"+sql+";"))
			must(t, err)
			found, err := e.Query(queries[0])
			if err != nil {
				t.Fatalf("%s\n%s\n%v", ddl, sql, err)
			}
			checkTables(t, sql, found.Plan)
			named += checkNamed(t, ddl, sql, found)
		}
		must(t, e.Close())
	}
	if named < 2*schemas {
		t.Errorf("only %d indexes are named", named)
	}
}

// TestUnavoidable tries every index of one or two columns on the random schemas: none may
// help a query of which nothing is reported. Most rows may be NULL, so IS NULL is left out.
func TestUnavoidable(t *testing.T) {
	schemas := 8
	if testing.Short() {
		schemas = 3
	}
	for seed := range uint64(schemas) {
		r := rand.New(rand.NewPCG(seed, 99))
		ddl := randomSchema(r)
		m, s := migrated(t, ddl)
		e, err := explain.New(m, s, nil)
		must(t, err)
		c, err := m.Conn()
		must(t, err)
		for range 20 {
			sql := randomQuery(r)
			queries, err := query.Parse("q.sql", []byte("-- name: Find :many\n"+sql+";"))
			must(t, err)
			found, err := e.Query(queries[0])
			must(t, err)
			if strings.Contains(sql, "IS NULL") || slices.ContainsFunc(found.Findings, func(f explain.Finding) bool { return f.State != explain.Unavoidable }) {
				continue
			}
			before, _ := shape(t, c, sql)
			for _, on := range everyIndex() {
				must(t, c.Exec("CREATE INDEX other ON "+on))
				after, plan := shape(t, c, sql)
				must(t, c.Exec("DROP INDEX other"))
				less, more := false, false
				for k := range after {
					more = more || after[k] > before[k]
				}
				for k := range before {
					less = less || after[k] < before[k]
				}
				if less && !more && strings.Contains(plan, " other") {
					t.Errorf("%s\n%s\nan index on %s would help:\n%s", ddl, sql, on, plan)
					break
				}
			}
		}
		must(t, c.Close())
		must(t, e.Close())
	}
}

// everyIndex are the indexes on the random schemas, of one or two columns.
func everyIndex() (list []string) {
	for table := range 3 {
		for _, collation := range []string{"", " COLLATE NOCASE"} {
			for i := range 4 {
				list = append(list, fmt.Sprintf("t%d (c%d%s)", table, i, collation))
				for j := range 4 {
					if i != j {
						list = append(list, fmt.Sprintf("t%d (c%d%s, c%d)", table, i, collation, j))
					}
				}
			}
		}
	}
	return list
}

// shape counts the scans, automatic indexes and temporary B-trees of a plan.
func shape(t *testing.T, c *sqlite.Conn, sql string) (n map[string]int, plan string) {
	t.Helper()
	rows, err := c.Rows("EXPLAIN QUERY PLAN " + sql)
	must(t, err)
	n = map[string]int{}
	for _, row := range rows {
		plan += row[3] + "\n"
		words := strings.Fields(row[3])
		switch {
		case words[0] == "SCAN":
			n["scan "+words[1]]++
		case strings.Contains(row[3], " AUTOMATIC "):
			n["automatic "+words[1]]++
		case strings.Contains(row[3], "TEMP B-TREE"):
			n["sort "+words[len(words)-2]]++
		}
	}
	return n, plan
}

// checkTables checks that the table of each loop is the one that has its name in the query.
func checkTables(t *testing.T, sql string, plan []*explain.Step) {
	t.Helper()
	for _, s := range plan {
		words := strings.Fields(s.Detail)
		if (words[0] == "SCAN" || words[0] == "SEARCH") && words[1] != "CONSTANT" && strings.HasPrefix(words[1], "x") && s.Table != "t"+words[1][1:] {
			t.Errorf("%s\n%s is of %q", sql, s.Detail, s.Table)
		}
		checkTables(t, sql, s.Below)
	}
}

// checkNamed checks the indexes that are named for a query, and returns how many these are.
func checkNamed(t *testing.T, ddl, sql string, found *explain.Query) int {
	t.Helper()
	var indexes []string
	for _, f := range found.Findings {
		if f.Index != nil && !slices.Contains(indexes, f.Index.SQL) {
			indexes = append(indexes, f.Index.SQL)
		}
	}
	if len(indexes) == 0 {
		return 0
	}
	m, _ := migrated(t, ddl+strings.Join(indexes, ";\n")+";")
	c, err := m.Conn()
	must(t, err)
	defer c.Close()
	rows, err := c.Rows("EXPLAIN QUERY PLAN " + sql)
	must(t, err)
	plan := ""
	for _, row := range rows {
		plan += row[3] + "\n"
	}
	fail := func(what string) {
		t.Errorf("%s\n%s\n%s\n%s\nthe plan %s:\n%s", ddl, sql, found.Reports, strings.Join(indexes, "\n"), what, plan)
	}
	for _, ix := range indexes {
		if name := strings.Fields(ix)[2]; !strings.Contains(plan, " "+name+" ") && !strings.Contains(plan, " "+name+"\n") {
			fail("does not use " + name)
		}
	}
	for _, f := range found.Findings {
		alias := "x" + strings.TrimPrefix(f.Table, "t")
		switch {
		case f.Index == nil:
		case f.Kind == explain.Scan && regexp.MustCompile(`(?m)^SCAN `+alias+`\b`).MatchString(plan):
			fail("scans " + f.Table)
		case f.Kind == explain.AutoIndex && regexp.MustCompile(`(?m)^SEARCH `+alias+` .*AUTOMATIC`).MatchString(plan):
			fail("indexes " + f.Table)
		case f.Kind == explain.TempTree && strings.Count(plan, "TEMP B-TREE") >= trees(found.Plan):
			fail("sorts")
		}
	}
	return len(indexes)
}

// trees is how many temporary B-trees a plan has.
func trees(plan []*explain.Step) (n int) {
	for _, s := range plan {
		if s.Kind == explain.TempTree {
			n++
		}
		n += trees(s.Below)
	}
	return n
}

func randomSchema(r *rand.Rand) string {
	var b strings.Builder
	for t := range 3 {
		types := []string{"INTEGER", "TEXT", "TEXT COLLATE NOCASE", "REAL NOT NULL", "INTEGER NOT NULL"}
		fmt.Fprintf(&b, "CREATE TABLE t%d (id INTEGER PRIMARY KEY", t)
		for c := range 4 {
			fmt.Fprintf(&b, ", c%d %s", c, types[r.IntN(len(types))])
		}
		b.WriteString(");\n")
		for i := range r.IntN(3) {
			fmt.Fprintf(&b, "CREATE INDEX i%d_%d ON t%d (c%d, c%d);\n", t, i, t, r.IntN(2), 2+r.IntN(2))
		}
	}
	return b.String()
}

// randomQuery is a query over t0, t1 and t2, each at most once, as x0, x1 and x2.
func randomQuery(r *rand.Rand) string {
	column := func(t int) string {
		if r.IntN(8) == 0 {
			return fmt.Sprintf("x%d.id", t)
		}
		return fmt.Sprintf("x%d.c%d", t, r.IntN(4))
	}
	predicate := func(t int) string {
		forms := []string{"%s = ?", "%s > ?", "%s BETWEEN ? AND ?", "%s IN (?, ?)", "%s IS NULL", "lower(%s) = ?", "%s = ? COLLATE NOCASE", "%s LIKE 'a%%'", "%s <> ?"}
		p := fmt.Sprintf(forms[r.IntN(len(forms))], column(t))
		if r.IntN(5) == 0 {
			p = "(" + p + " OR " + column(t) + " = ?)"
		}
		return p
	}
	tables := 1 + r.IntN(2)
	var b strings.Builder
	distinct := ""
	if r.IntN(6) == 0 {
		distinct = "DISTINCT "
	}
	what := distinct + column(0) + ", " + column(tables-1)
	group := r.IntN(6) == 0
	if group {
		what = "x0.c1, COUNT(*)"
	}
	fmt.Fprintf(&b, "SELECT %s FROM t0 AS x0", what)
	if tables == 2 {
		fmt.Fprintf(&b, " %sJOIN t1 AS x1 ON %s = %s", []string{"", "LEFT "}[r.IntN(2)], column(1), column(0))
	}
	var where []string
	for range r.IntN(3) {
		where = append(where, predicate(r.IntN(tables)))
	}
	if r.IntN(4) == 0 {
		where = append(where, fmt.Sprintf("%sEXISTS (SELECT 1 FROM t2 AS x2 WHERE %s = %s)", []string{"", "NOT "}[r.IntN(2)], column(2), column(0)))
	}
	if len(where) > 0 {
		b.WriteString(" WHERE " + strings.Join(where, " AND "))
	}
	if group {
		b.WriteString(" GROUP BY x0.c1")
	}
	if r.IntN(2) == 0 && !group {
		fmt.Fprintf(&b, " ORDER BY %s%s, %s", column(0), []string{"", " DESC"}[r.IntN(2)], column(tables-1))
	}
	if r.IntN(2) == 0 {
		b.WriteString(" LIMIT 10")
	}
	return b.String()
}
