package explain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Index is an index that has been tried: with it, the plan does not have the steps that it
// is suggested for.
type Index struct {
	SQL string `json:"sql"`
	// Redundant are indexes of the table that it would do the work of.
	Redundant []string `json:"redundant,omitempty"`
}

// most is how many indexes are tried for one statement and table.
const most = 100

// candidate is an index to try.
type candidate struct {
	table *schema.Table
	terms []term
	name  string
	equal bool     // it begins with a column that is compared by =
	stat  []string // what sqlite_stat1 would have of it, nil without statistics
}

func (c *candidate) sql() string {
	var columns []string
	for _, t := range c.terms {
		columns = append(columns, plain(t.String()))
	}
	return fmt.Sprintf("CREATE INDEX %s ON %s (%s)", plain(sqltext.Quote(c.name)), plain(sqltext.Quote(c.table.Name)), strings.Join(columns, ", "))
}

// plain writes names without quotes that need none.
func plain(sql string) string {
	var b strings.Builder
	for _, t := range sqltext.Tokens(sql) {
		if t.Kind == sqltext.Quoted && t.Text[0] == '"' && bare(t.Name()) {
			b.WriteString(t.Name())
			continue
		}
		b.WriteString(t.Text)
	}
	return b.String()
}

// bare reports whether a name is one without quotes as well: it is not a keyword.
func bare(name string) bool {
	if !names.IsIdentifier(name) {
		return false
	}
	stmt, err := syntax.Parse("CREATE INDEX " + name + " ON " + name + " (" + name + ")")
	if err != nil {
		return false
	}
	c, ok := syntax.ColumnOf(stmt.(*ast.CreateIndexStmt).Columns[0].Expr)
	return ok && c.Name == name
}

// candidates returns the indexes to try on a table, the smallest first: columns that are
// compared by =, and then one that is compared by < and the like, or an order. If the rows
// are not known, columns that may be alike in most of them do not make an index alone: those
// that are compared with NULL, and those of few values.
func candidates(t *schema.Table, w terms, known bool, taken func(name string) bool) []*candidate {
	equal := slices.Clone(w.equal)
	weak := map[term]bool{}
	of := checks.Of(t)
	for _, e := range equal {
		weak[e] = !known && fewValues(of, t.Column(e.name))
	}
	for _, n := range w.null {
		if !slices.Contains(equal, n) {
			equal, weak[n] = append(equal, n), !known
		}
	}
	equal = equal[:min(len(equal), 6)]
	tails := [][]term{nil}
	for _, r := range w.ranges {
		tails = append(tails, []term{r})
	}
	for _, l := range w.lists {
		tails = append(tails, l)
	}
	var list []*candidate
	for set := range 1 << len(equal) {
		var head []term
		strong := false
		for i, e := range equal {
			if set&(1<<i) != 0 {
				head = append(head, e)
				strong = strong || !weak[e]
			}
		}
		if len(head) > 3 {
			continue
		}
		for _, tail := range tails {
			columns := slices.Clone(head)
			for _, t := range tail {
				if !slices.ContainsFunc(columns, func(c term) bool { return c.text == t.text }) {
					columns = append(columns, t)
				}
			}
			rowid := len(columns) > 0 && isRowID(t, columns[len(columns)-1])
			if rowid { // every index ends with it
				columns = columns[:len(columns)-1]
			}
			if len(columns) == 0 || len(columns) == len(head) && !strong || covered(t, columns, rowid) ||
				slices.ContainsFunc(list, func(c *candidate) bool { return slices.Equal(c.terms, columns) }) {
				continue
			}
			list = append(list, &candidate{table: t, terms: columns, name: nameFor(t, columns, taken), equal: strong})
		}
	}
	slices.SortStableFunc(list, func(a, b *candidate) int { return cmp.Compare(len(a.terms), len(b.terms)) })
	return list[:min(len(list), most)]
}

// fewValues reports whether a column is a boolean, or one whose CHECK lists its values.
func fewValues(of *checks.Table, c *schema.Column) bool {
	if c == nil {
		return false
	}
	_, listed := of.Values(c)
	return listed || strings.HasPrefix(sqltext.Fold(c.Type), "bool")
}

// isRowID reports whether a term is the rowid of the table.
func isRowID(t *schema.Table, column term) bool {
	c := t.Column(column.name)
	return c != nil && c.RowIDAlias && column == columnTerm(c)
}

// covered reports whether an index of the table begins with the columns already, or whether
// they are all of it.
func covered(t *schema.Table, columns []term, all bool) bool {
	return slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool {
		return !ix.Partial && begins(t, columns, ix) == len(columns) && (!all || len(ix.Columns) == len(columns))
	})
}

// begins returns with how many of the columns an index begins, or they with it.
func begins(t *schema.Table, columns []term, ix schema.Index) int {
	n := 0
	for n < min(len(columns), len(ix.Columns)) {
		c := t.Column(ix.Columns[n].Name)
		if c == nil || columns[n] != (term{sqltext.Quote(c.Name), c.Name, ix.Columns[n].Desc}) ||
			!sqltext.EqualFold(cmp.Or(c.Collation, "BINARY"), ix.Columns[n].Collation) {
			break
		}
		n++
	}
	return n
}

// redundant returns the indexes of a table that begin another one.
func (c *candidate) redundant() (list []string) {
	for _, ix := range c.table.Indexes {
		if n := len(ix.Columns); ix.Origin == "c" && !ix.Unique && !ix.Partial && n < len(c.terms) && begins(c.table, c.terms, ix) == n {
			list = append(list, ix.Name)
		}
	}
	return list
}

// nameFor names an index as migrations often do, by the table and its columns.
func nameFor(t *schema.Table, columns []term, taken func(string) bool) string {
	var parts []string
	for _, c := range columns {
		part := c.name
		if part == "" {
			var words []string
			for _, tok := range sqltext.Significant(c.text) {
				if tok.Ident() {
					words = append(words, tok.Name())
				}
			}
			part = strings.Join(words, "_")
		}
		parts = append(parts, part)
	}
	base := strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, t.Name+"_"+strings.Join(parts, "_"))
	name := base
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	return name
}

// faults are steps that may be at fault, with how often they are in a plan.
type faults map[key]int

// sorts returns how many temporary B-trees there are.
func (f faults) sorts() (n int) {
	for k, c := range f {
		if k.kind == TempTree {
			n += c
		}
	}
	return n
}

func counts(plan []*Step) faults {
	n := faults{}
	walk(plan, func(s *Step) {
		if s.Kind != "" {
			n[s.key()]++
		}
	})
	return n
}

// weights order the kinds: an index that saves reading rows is worth more than one that
// saves sorting them.
var weights = map[Kind]int{Scan: 2, AutoIndex: 2, TempTree: 1}

// gain is how much better a plan is: more than 0 if it has fewer faults, and none that the
// other one does not have.
func gain(before, after faults) (sum int) {
	for k, n := range before {
		if after[k] > n {
			return 0
		}
		sum += (n - after[k]) * weights[k.kind]
	}
	for k := range after {
		if before[k] == 0 {
			return 0
		}
	}
	return sum
}

// trial is a copy of a migrated database, on which indexes are tried.
type trial struct {
	conn   *sqlite.Conn
	schema *schema.Schema
	stats  *Stats // nil if there are none
}

// suggestion is an index and the faults that it removes.
type suggestion struct {
	Index
	candidate *candidate
	removed   faults
	// fewer: less is read with it. If it is false, the same rows are read in another order.
	fewer bool
}

// suggest returns indexes that make the plan of a statement better, with the faults that
// each of them removes. Each is found with those before it in place. first is for a
// statement of which only the first row is read.
func (t *trial) suggest(sql string, plan []*Step, first bool) (list []*suggestion, err error) {
	statements := texts(t.schema, sql, plan)
	now := counts(plan)
	for len(now) > 0 {
		var best *suggestion
		most := 0
		var bestPlan []*Step
		for _, c := range t.candidates(statements, plan) {
			after, used, err := t.with(c, sql)
			if err != nil {
				return nil, err
			}
			g := gain(now, counts(after))
			if !used || g == 0 || g < most || g == most && !c.before(best.candidate) {
				continue
			}
			best, bestPlan, most = &suggestion{Index: Index{c.sql(), c.redundant()}, candidate: c}, after, g
		}
		if best == nil {
			break
		}
		after := counts(bestPlan)
		best.removed = removed(now, after)
		best.fewer = best.reads(bestPlan) || counts(bestPlan).sorts() == 0 && endsEarly(statements, plan, best.removed, first)
		list = append(list, best)
		if err := t.create(best.candidate); err != nil {
			return nil, err
		}
		plan, now = bestPlan, after
	}
	for _, s := range list {
		if err := t.drop(s.candidate); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// before reports whether an index is to be preferred to another one that helps as much.
func (c *candidate) before(other *candidate) bool {
	if c.equal != other.equal {
		return c.equal
	}
	return len(c.terms) < len(other.terms)
}

// removed returns the faults of a plan that another one does not have.
func removed(before, after faults) faults {
	less := faults{}
	for k, n := range before {
		if n > after[k] {
			less[k] = n - after[k]
		}
	}
	return less
}

// reads reports whether less is read with the index: rows that are searched for, or the index
// in place of the table.
func (s *suggestion) reads(plan []*Step) (less bool) {
	for k := range s.removed {
		less = less || k.kind != TempTree
	}
	walk(plan, func(step *Step) { less = less || strings.Contains(step.Detail, " COVERING INDEX "+s.candidate.name) })
	return less
}

// endsEarly reports whether only the first of the rows are read that a plan would put in
// order. If all of them are, reading the table through an index takes about as long as
// sorting it.
func endsEarly(statements []text, plan []*Step, removed faults, first bool) (early bool) {
	walk(plan, func(s *Step) {
		early = early || s.value && removed[s.key()] > 0
	})
	for i, of := range statements {
		top, _ := of.stmt.(*ast.SelectStmt)
		ast.Walk(of.stmt, func(n ast.Node) bool {
			q, ok := n.(*ast.SelectQuery)
			if !ok || q.Limit == nil && !(first && i == 0 && top != nil && syntax.Query(top) == q) {
				return true
			}
			early = early || removed[key{TempTree, "ORDER BY"}] > 0 && len(q.OrderBy) > 0 ||
				q.Limit != nil && (removed[key{TempTree, "GROUP BY"}] > 0 && len(q.GroupBy) > 0 || removed[key{TempTree, "DISTINCT"}] > 0 && q.Distinct == ast.DistinctDistinct)
			return true
		})
	}
	return early
}

// candidates returns the indexes to try for the faults of a plan, on every table that the
// plan reads.
func (t *trial) candidates(statements []text, plan []*Step) (list []*candidate) {
	read := map[string]bool{}
	walk(plan, func(s *Step) {
		if s.Table != "" {
			read[s.Table] = true
		}
	})
	for _, name := range slices.Sorted(maps.Keys(read)) {
		table := t.schema.Table(name)
		if table == nil || table.Kind != schema.KindTable {
			continue
		}
		list = append(list, candidates(table, termsOf(t.schema, table, statements), t.stats != nil, t.taken)...)
	}
	return list
}

// taken reports whether a table, view or index has the name.
func (t *trial) taken(name string) bool {
	for _, table := range t.schema.Tables {
		if sqltext.EqualFold(table.Name, name) || slices.ContainsFunc(table.Indexes, func(ix schema.Index) bool { return sqltext.EqualFold(ix.Name, name) }) {
			return true
		}
	}
	return false
}

// with returns the plan of a statement with an index, and whether it uses that well.
func (t *trial) with(c *candidate, sql string) (plan []*Step, used bool, err error) {
	if t.create(c) != nil {
		return nil, false, nil // an expression that an index cannot have
	}
	plan, err = read(t.conn, sql)
	walk(plan, func(s *Step) {
		if _, keys, found := strings.Cut(s.Detail, " INDEX "+c.name); found {
			used = used || !s.search || t.stats.selective(c, strings.Count(keys, "=?"))
		}
	})
	if dropped := t.drop(c); err == nil {
		err = dropped
	}
	return plan, used, err
}

func (t *trial) create(c *candidate) error {
	if err := t.conn.Exec(c.sql()); err != nil {
		return err
	}
	return t.stats.index(t.conn, c)
}

func (t *trial) drop(c *candidate) error { return t.conn.Exec("DROP INDEX " + sqltext.Quote(c.name)) }
