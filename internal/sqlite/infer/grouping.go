package infer

import (
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// inOrder are the aggregates that depend on the order of their rows.
var inOrder = map[string]bool{
	"group_concat": true, "string_agg": true, "json_group_array": true, "json_group_object": true,
	"jsonb_group_array": true, "jsonb_group_object": true,
}

// grouping is a select that is or may be an aggregate, and what has only one value
// in each of its groups.
type grouping struct {
	*settling
	core    *ast.SelectQuery
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

// settled reports whether each group has one value for every column and for the
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
		star := syntax.Star(rc)
		if star == nil {
			if !g.holds(rc.Expr) {
				return false
			}
			continue
		}
		for i, s := range g.sources {
			if (star.Table == nil || fold(star.Table.Name) == s.name) && !g.whole(i) {
				return false
			}
		}
	}
	return g.holds(g.core.Having)
}

// meant returns the expression that a term of GROUP BY stands for. A number stands
// for a result column, and a name that is not a column's may be an alias.
func (g *grouping) meant(x ast.Expr) ast.Expr {
	switch x := x.(type) {
	case *ast.Literal:
		n, err := strconv.Atoi(x.Value)
		if err == nil && x.Kind == ast.LitInteger && n >= 1 && n <= len(g.core.Columns) && syntax.Star(g.core.Columns[n-1]) == nil {
			return g.core.Columns[n-1].Expr
		}
	case *ast.QualifiedRef:
		c, _ := syntax.ColumnOf(x)
		if _, ok := g.resolve(c); !ok && c.Table == "" {
			for _, rc := range g.core.Columns {
				if rc.Alias != nil && sqltext.EqualFold(rc.Alias.Name, c.Name) {
					return rc.Expr
				}
			}
		}
	}
	return x
}

// resolve finds a column of a table or view.
func (g *grouping) resolve(c syntax.Column) (groupColumn, bool) {
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

// learn notes that a group has one value of a column, and reports whether that is
// new.
func (g *grouping) learn(x ast.Expr) bool {
	c, ok := syntax.ColumnOf(x)
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

func (g *grouping) equalities(cond ast.Expr) (more bool) {
	for _, x := range conjuncts(cond) {
		l, r, ok := equated(x)
		if !ok {
			continue
		}
		for _, side := range [2][2]ast.Expr{{l, r}, {r, l}} {
			if g.equates(side[0], side[1]) {
				more = g.learn(side[0]) || more
			}
		}
	}
	return more
}

// equated returns the sides of l = r and of l IS r.
func equated(x ast.Expr) (l, r ast.Expr, ok bool) {
	switch x := x.(type) {
	case *ast.BinaryExpr:
		return x.X, x.Y, x.Op == ast.OpEq
	case *ast.IsExpr:
		return x.X, x.Y, syntax.Same(x)
	}
	return nil, nil, false
}

// equates: the column equals the other side, which has one value in a group.
func (g *grouping) equates(column, other ast.Expr) bool {
	c, ok := syntax.ColumnOf(column)
	if !ok || g.collated(column) {
		return false
	}
	at, ok := g.resolve(c)
	if !ok {
		return false
	}
	switch other := other.(type) {
	case *ast.Literal, *ast.BindParam:
		return true
	case *ast.QualifiedRef:
		c, _ := syntax.ColumnOf(other)
		from, ok := g.resolve(c)
		return ok && g.known[from] && !g.collated(other) && g.affinity(at) == g.affinity(from)
	}
	return false
}

func (g *grouping) affinity(c groupColumn) Affinity {
	return AffinityOf(g.sources[c.source].table.Column(c.name).Affine())
}

// joins follows the conditions of joins. The condition of a left join is only followed
// if all of it says what the right side's row is: then there is that row or none.
func (g *grouping) joins(list []*ast.TableRef) (more bool) {
	for _, j := range list {
		if j.Alias == nil {
			more = g.joins(j.List) || more
		}
		if j.On == nil {
			continue
		}
		switch outerSides(j) {
		case 0:
			more = g.equalities(j.On) || more
		case ast.JoinLeft:
			if g.tells(j.On) {
				more = g.equalities(j.On) || more
			}
		}
	}
	return more
}

// tells: every part of a condition says what columns are.
func (g *grouping) tells(on ast.Expr) bool {
	for _, x := range conjuncts(on) {
		b, ok := x.(*ast.BinaryExpr)
		if !ok || b.Op != ast.OpEq || !g.equates(b.X, b.Y) && !g.equates(b.Y, b.X) {
			return false
		}
	}
	return true
}

// holds reports whether a group has one value of an expression.
func (g *grouping) holds(x ast.Expr) bool {
	if x == nil || g.fixed[g.words(x)] && !anonymous(x) {
		return true
	}
	switch x := x.(type) {
	case *ast.QualifiedRef:
		c, _ := syntax.ColumnOf(x)
		if at, ok := g.resolve(c); ok {
			return g.known[at]
		}
		if meant := g.meant(x); meant != ast.Expr(x) {
			return g.holds(meant)
		}
		_, ok := c.Bool()
		return ok
	case *ast.FuncCall:
		if IsAggregate(x) {
			return !inOrder[fold(x.Name.Name)]
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

// anonymous reports whether an expression has a bare parameter: the same words mean
// another parameter elsewhere.
func anonymous(x ast.Expr) bool {
	found := false
	syntax.Walk(x, func(x ast.Expr) bool {
		v, ok := x.(*ast.BindParam)
		found = found || ok && v.Raw == "?"
		return !found
	})
	return found
}

// holdsWithin: each of the aggregate's columns that a subquery may use is known.
func (g *grouping) holdsWithin(sel *ast.SelectStmt) bool {
	holds := true
	syntax.Visit(sel, func(_ syntax.Clause, root ast.Expr) {
		syntax.Walk(root, func(x ast.Expr) bool {
			if c, ok := syntax.ColumnOf(x); ok {
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

// collates: some result column may have values that differ but are equal.
func (g *grouping) collates() bool {
	for _, rc := range g.core.Columns {
		star := syntax.Star(rc)
		if star == nil && g.collated(rc.Expr) {
			return true
		}
		for _, s := range g.sources {
			if star != nil && (s.table == nil || mentionsCollation(s.table)) {
				return true
			}
		}
	}
	return false
}

// collated: values of the expression may differ but be equal, by a collation.
func (g *grouping) collated(x ast.Expr) bool {
	found := false
	syntax.Walk(x, func(x ast.Expr) bool {
		switch x := x.(type) {
		case *ast.CollateExpr:
			found = found || !sqltext.EqualFold(x.Name.Name, "BINARY")
		case *ast.QualifiedRef:
			c, _ := syntax.ColumnOf(x)
			at, ok := g.resolve(c)
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

// mentionsCollation reports whether a table may have a collation. It does not look
// into what a view reads.
func mentionsCollation(t *schema.Table) bool {
	return t.Kind == schema.KindView || t.Collates()
}

// words returns the tokens of an expression, in one spelling: without the table, if
// there is only one.
func (g *grouping) words(x ast.Expr) string {
	start, end := syntax.Span(x)
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
