package infer

import (
	"strings"

	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqltext"
	"github.com/dreysql/drey/internal/syntax"
)

// inOrder are the aggregates that depend on the order of their rows.
var inOrder = map[string]bool{
	"group_concat": true, "string_agg": true, "json_group_array": true, "json_group_object": true,
	"jsonb_group_array": true, "jsonb_group_object": true,
}

// grouping is an aggregate, or what may be one, and what each of its groups has
// one value of.
type grouping struct {
	*settling
	core    *syntax.Core
	sources []groupSource
	fixed   map[string]bool // expressions, by their tokens
	known   map[groupColumn]bool
}

type groupSource struct {
	name  string        // folded
	table *schema.Table // nil if it is not a table or view of the schema
}

type groupColumn struct {
	source int
	name   string // folded
}

// settled reports whether each group has one value of every column and of the
// condition of HAVING.
func (g *grouping) settled() bool {
	for _, x := range g.core.GroupBy {
		x = g.meant(x)
		if g.collated(x) {
			return false
		}
		g.fixed[g.words(x)] = true
		g.learn(x)
	}
	for g.follow() {
	}
	for _, rc := range g.core.Columns {
		switch {
		case rc.Star:
			for i, s := range g.sources {
				if (rc.Table == "" || fold(rc.Table) == s.name) && !g.whole(i) {
					return false
				}
			}
		case !g.holds(rc.Expr):
			return false
		}
	}
	return g.holds(g.core.Having)
}

// meant is the expression that a term of GROUP BY stands for: a number is that
// of a result column, and a name that is not of a column may be an alias.
func (g *grouping) meant(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case *syntax.Literal:
		var n int
		for _, r := range x.Text {
			n = n*10 + int(r-'0')
		}
		if x.Kind == syntax.IntegerLiteral && n >= 1 && n <= len(g.core.Columns) && g.core.Columns[n-1].Expr != nil {
			return g.core.Columns[n-1].Expr
		}
	case *syntax.Column:
		if _, ok := g.resolve(x); !ok && x.Table == "" {
			for _, rc := range g.core.Columns {
				if rc.Expr != nil && schema.EqualFold(rc.Alias, x.Name) {
					return rc.Expr
				}
			}
		}
	}
	return x
}

// resolve finds a column of a table or view.
func (g *grouping) resolve(c *syntax.Column) (groupColumn, bool) {
	for i, s := range g.sources {
		if s.table == nil || c.Table != "" && fold(c.Table) != s.name {
			continue
		}
		if s.table.Column(c.Name) != nil {
			return groupColumn{i, fold(c.Name)}, true
		}
	}
	return groupColumn{}, false
}

// learn notes that a group has one value of a column, and reports whether that
// is new.
func (g *grouping) learn(x syntax.Expr) bool {
	c, ok := x.(*syntax.Column)
	if !ok {
		return false
	}
	at, ok := g.resolve(c)
	if !ok || g.known[at] {
		return false
	}
	g.known[at] = true
	return true
}

// follow draws one round of conclusions: from a key to its row, and along
// equalities.
func (g *grouping) follow() (more bool) {
	for i, s := range g.sources {
		if s.table == nil || g.whole(i) || !g.keyed(i) {
			continue
		}
		for _, c := range s.table.Columns {
			g.known[groupColumn{i, fold(c.Name)}] = true
		}
		more = true
	}
	if g.core.Where != nil {
		more = g.equalities(g.core.Where) || more
	}
	return g.joins(g.core.From) || more
}

// whole: a group has one row of the source.
func (g *grouping) whole(i int) bool {
	t := g.sources[i].table
	if t == nil {
		return false
	}
	for _, c := range t.Columns {
		if !g.known[groupColumn{i, fold(c.Name)}] {
			return false
		}
	}
	return true
}

// keyed: a group has one value of each column of a key.
func (g *grouping) keyed(i int) bool {
	t := g.sources[i].table
	for _, key := range t.UniqueKeys() {
		all := true
		for _, name := range key {
			c := t.Column(name)
			all = all && g.known[groupColumn{i, fold(name)}] && (c.NotNull || c.RowIDAlias)
		}
		if all {
			return true
		}
	}
	return false
}

func (g *grouping) equalities(cond syntax.Expr) (more bool) {
	for _, x := range conjuncts(cond) {
		b, ok := x.(*syntax.Binary)
		if !ok || b.Op != "=" && b.Op != "IS" {
			continue
		}
		for _, side := range [2][2]syntax.Expr{{b.L, b.R}, {b.R, b.L}} {
			if g.equates(side[0], side[1]) {
				more = g.learn(side[0]) || more
			}
		}
	}
	return more
}

// equates: the column has the value of the other side, of which a group has one.
func (g *grouping) equates(column, other syntax.Expr) bool {
	c, ok := column.(*syntax.Column)
	if !ok || g.collated(c) {
		return false
	}
	at, ok := g.resolve(c)
	if !ok {
		return false
	}
	switch other := other.(type) {
	case *syntax.Literal, *syntax.Variable:
		return true
	case *syntax.Column:
		from, ok := g.resolve(other)
		return ok && g.known[from] && !g.collated(other) && g.affinity(at) == g.affinity(from)
	}
	return false
}

func (g *grouping) affinity(c groupColumn) Affinity {
	return AffinityOf(g.sources[c.source].table.Column(c.name).Type)
}

// joins follows the conditions of joins. That of a left join is followed where
// all of it says what the right side's row is: then there is that row or none.
func (g *grouping) joins(src syntax.Source) (more bool) {
	j, ok := src.(*syntax.Join)
	if !ok {
		return false
	}
	more = g.joins(j.Left)
	more = g.joins(j.Right) || more
	switch {
	case j.On == nil:
	case j.Kind == syntax.InnerJoin:
		more = g.equalities(j.On) || more
	case j.Kind == syntax.LeftJoin:
		for _, x := range conjuncts(j.On) {
			b, ok := x.(*syntax.Binary)
			if !ok || b.Op != "=" || !g.equates(b.L, b.R) && !g.equates(b.R, b.L) {
				return more
			}
		}
		more = g.equalities(j.On) || more
	}
	return more
}

// holds reports whether a group has one value of an expression.
func (g *grouping) holds(x syntax.Expr) bool {
	if x == nil || g.fixed[g.words(x)] && !anonymous(x) {
		return true
	}
	switch x := x.(type) {
	case *syntax.Column:
		if at, ok := g.resolve(x); ok {
			return g.known[at]
		}
		if meant := g.meant(x); meant != syntax.Expr(x) {
			return g.holds(meant)
		}
		return false
	case *syntax.Call:
		if isAggregate(x) {
			return !inOrder[fold(x.Name)]
		}
	}
	if sel := syntax.Subselect(x); sel != nil && !g.holdsWithin(sel) {
		return false
	}
	for _, c := range syntax.Children(x) {
		if !g.holds(c) {
			return false
		}
	}
	return true
}

// anonymous reports whether an expression has a bare parameter, which is another
// one in the same words.
func anonymous(x syntax.Expr) bool {
	found := false
	syntax.Walk(x, func(x syntax.Expr) bool {
		v, ok := x.(*syntax.Variable)
		found = found || ok && v.Text == "?"
		return !found
	})
	return found
}

// holdsWithin: what a subquery may use of the aggregate's columns is known.
func (g *grouping) holdsWithin(sel *syntax.Select) bool {
	holds := true
	syntax.Visit(sel, func(_ syntax.Clause, root syntax.Expr) {
		syntax.Walk(root, func(x syntax.Expr) bool {
			if c, ok := x.(*syntax.Column); ok {
				if at, ok := g.resolve(c); ok && !g.known[at] {
					holds = false
				}
				for _, s := range g.sources {
					holds = holds && (s.table != nil || c.Table != "" && fold(c.Table) != s.name)
				}
			}
			return holds
		})
	})
	return holds
}

// collates: some result column may have values that differ and are equal.
func (g *grouping) collates() bool {
	for _, rc := range g.core.Columns {
		if rc.Expr != nil && g.collated(rc.Expr) {
			return true
		}
		for _, s := range g.sources {
			if rc.Star && (s.table == nil || mentionsCollation(s.table)) {
				return true
			}
		}
	}
	return false
}

// collated: values of the expression that differ may be equal, by a collation.
func (g *grouping) collated(x syntax.Expr) bool {
	found := false
	syntax.Walk(x, func(x syntax.Expr) bool {
		switch x := x.(type) {
		case *syntax.Collate:
			found = found || !schema.EqualFold(x.Name, "BINARY")
		case *syntax.Column:
			at, ok := g.resolve(x)
			if !ok { // of a subquery or a WITH
				found = true
				break
			}
			t := g.sources[at.source].table
			found = found || mentionsCollation(t) && g.affinity(at) != IntegerAffinity && g.affinity(at) != RealAffinity
		}
		return !found
	})
	return found
}

// mentionsCollation reports whether a table may have one. What a view reads is
// not looked through.
func mentionsCollation(t *schema.Table) bool {
	if t.Kind == schema.KindView {
		return true
	}
	for tok := range sqltext.All(t.SQL) {
		if tok.Is("COLLATE") {
			return true
		}
	}
	return false
}

// words are the tokens of an expression, in one spelling: without the table,
// where there is only one.
func (g *grouping) words(x syntax.Expr) string {
	start, end := x.Span()
	var words []string
	for _, t := range sqltext.Significant(g.text[start:end]) {
		n := len(words)
		switch {
		case !t.Ident():
			words = append(words, t.Text)
		case len(g.sources) == 1 && n > 1 && words[n-1] == "." && words[n-2] == g.sources[0].name:
			words = append(words[:n-2], fold(t.Name()))
		default:
			words = append(words, fold(t.Name()))
		}
	}
	return strings.Join(words, " ")
}
