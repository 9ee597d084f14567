package infer

import (
	"slices"

	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/syntax"
)

// Settled reports whether a query has the same rows however SQLite runs it: also
// where it is a subquery that SQLite flattens into the query around it, or that
// conditions are pushed down into. LIMIT without an order, random(), a bare
// column in an aggregate and row_number() among ties are not settled. false may
// also mean that it is not known. The last digits of the sum of REAL values
// are not looked at.
func (a *Analyzer) Settled(query string) bool {
	stmt, err := syntax.Parse(query)
	if err != nil {
		return false
	}
	sel, ok := stmt.(*syntax.Select)
	return ok && a.settled(sel, query, nil, map[*schema.Table]bool{})
}

// settling is one text, that of a query or of a view, on its way through Settled.
type settling struct {
	*Analyzer
	text string
	busy map[*schema.Table]bool // views that lead here
}

// settled judges a select in a text. ctes are the names in scope.
func (a *Analyzer) settled(sel *syntax.Select, text string, ctes []string, busy map[*schema.Table]bool) bool {
	st := &settling{a, text, busy}
	return !calls(sel, unstable) && st.selectStmt(sel, ctes)
}

// unstable are the functions that give another value at each call.
var unstable = map[string]bool{"random": true, "randomblob": true}

// calls reports whether a statement calls one of the functions anywhere.
func calls(stmt syntax.Stmt, names map[string]bool) bool {
	found := false
	syntax.Visit(stmt, func(_ syntax.Clause, root syntax.Expr) {
		syntax.Walk(root, func(x syntax.Expr) bool {
			c, ok := x.(*syntax.Call)
			found = found || ok && names[fold(c.Name)]
			return !found
		})
	})
	return found
}

func (st *settling) selectStmt(sel *syntax.Select, ctes []string) bool {
	if sel.Limit != nil {
		return false
	}
	if sel.With != nil {
		for _, c := range sel.With.CTEs {
			ctes = append(ctes[:len(ctes):len(ctes)], fold(c.Name))
		}
		for _, c := range sel.With.CTEs {
			if body, ok := c.Body.(*syntax.Select); !ok || !st.selectStmt(body, ctes) {
				return false
			}
		}
	}
	for _, c := range sel.Cores {
		if !st.core(c, sel.OrderBy, ctes) {
			return false
		}
	}
	return true
}

func (st *settling) core(c *syntax.Core, orderBy []syntax.Expr, ctes []string) bool {
	g := &grouping{settling: st, core: c, fixed: map[string]bool{}, known: map[groupColumn]bool{}}
	if !st.from(g, c.From, ctes) {
		return false
	}
	for _, rc := range c.Columns {
		if g.dependsOnTies(rc.Expr) {
			return false
		}
	}
	if c.Distinct && g.collates() {
		return false
	}
	aggregate := c.GroupBy != nil || c.Having != nil || slices.ContainsFunc(orderBy, hasAggregate)
	for _, rc := range c.Columns {
		aggregate = aggregate || hasAggregate(rc.Expr)
	}
	return !aggregate || g.settled()
}

// from judges what a FROM clause reads, and adds it to the grouping.
func (st *settling) from(g *grouping, src syntax.Source, ctes []string) bool {
	switch src := src.(type) {
	case *syntax.Derived:
		g.sources = append(g.sources, groupSource{name: fold(src.Alias)})
		return st.selectStmt(src.Select, ctes)
	case *syntax.Join:
		return st.from(g, src.Left, ctes) && st.from(g, src.Right, ctes)
	case *syntax.Table:
		s := groupSource{name: fold(src.Alias)}
		if s.name == "" {
			s.name = fold(src.Name)
		}
		isCTE := false
		for _, name := range ctes {
			isCTE = isCTE || src.Schema == "" && name == fold(src.Name)
		}
		if !isCTE && !src.Call {
			s.table = st.schema.Table(src.Name)
		}
		g.sources = append(g.sources, s)
		return s.table == nil || s.table.Kind != schema.KindView || st.view(s.table)
	}
	return true
}

func (st *settling) view(t *schema.Table) bool {
	if st.busy[t] {
		return false
	}
	st.busy[t] = true
	defer delete(st.busy, t)
	stmt, err := syntax.Parse(t.SQL)
	if err != nil {
		return false
	}
	view, ok := stmt.(*syntax.CreateView)
	return ok && st.settled(view.Select, t.SQL, nil, st.busy)
}

// ofPeers are the window functions that give all rows of one order the same
// value.
var ofPeers = map[string]bool{
	"rank": true, "dense_rank": true, "percent_rank": true, "cume_dist": true,
	"count": true, "sum": true, "total": true, "avg": true, "min": true, "max": true,
}

// dependsOnTies reports whether an expression has a window function that tells
// rows apart which its window does not, or whose partition a condition may divide.
func (g *grouping) dependsOnTies(x syntax.Expr) bool {
	found := false
	syntax.Walk(x, func(x syntax.Expr) bool {
		c, ok := x.(*syntax.Call)
		if ok && c.Over != nil {
			w := g.window(c.Over)
			found = found || slices.ContainsFunc(w.Partition, g.collated) ||
				(!ofPeers[fold(c.Name)] || w.HasFrame) && !g.total(w)
		}
		return !found
	})
	return found
}

// window is a window with what it takes from the WINDOW clause.
func (g *grouping) window(w *syntax.Window) *syntax.Window {
	for _, base := range g.core.Windows {
		if base == w || w.Name == "" || fold(base.Name) != fold(w.Name) {
			continue
		}
		return &syntax.Window{
			Partition: slices.Concat(base.Partition, w.Partition), OrderBy: slices.Concat(base.OrderBy, w.OrderBy),
			HasFrame: base.HasFrame || w.HasFrame,
		}
	}
	return w
}

// total reports whether no two rows are equal in what the window divides and
// orders by.
func (g *grouping) total(w *syntax.Window) bool {
	rows := &grouping{settling: g.settling, core: g.core, sources: g.sources, known: map[groupColumn]bool{}}
	for _, x := range slices.Concat(w.Partition, w.OrderBy) {
		if !g.collated(x) {
			rows.learn(x)
		}
	}
	for rows.follow() {
	}
	for i := range rows.sources {
		if !rows.whole(i) {
			return false
		}
	}
	return true
}
