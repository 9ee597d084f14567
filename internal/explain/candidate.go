package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

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
	tails = append(tails, w.lists...)
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

// before reports whether an index is to be preferred to another one that helps as much.
func (c *candidate) before(other *candidate) bool {
	if c.equal != other.equal {
		return c.equal
	}
	return len(c.terms) < len(other.terms)
}
