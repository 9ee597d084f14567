package infer

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Settled reports whether a query has the same rows however SQLite runs it, also if
// it is a subquery that SQLite flattens into the surrounding query or pushes
// conditions down into. LIMIT without an order, random(), a bare column in an
// aggregate and row_number() among ties are not settled. false may also mean that
// it is not known. The last digits of the sum of REAL values are not considered.
func (a *Analyzer) Settled(query string) bool {
	stmt, err := syntax.Parse(query)
	if err != nil {
		return false
	}
	sel, ok := stmt.(*ast.SelectStmt)
	return ok && a.settled(sel, query, nil, map[*schema.Table]bool{})
}

// settling is one text, that of a query or of a view, while Settled judges it.
type settling struct {
	*Analyzer
	text string
	busy map[*schema.Table]bool // views that lead here
}

// settled judges a select in a text. ctes are the names in scope.
func (a *Analyzer) settled(sel *ast.SelectStmt, text string, ctes []string, busy map[*schema.Table]bool) bool {
	st := &settling{a, text, busy}
	return !calls(sel, unstable) && st.selectStmt(sel, ctes)
}

// unstable are the functions that return another value at each call.
var unstable = map[string]bool{"random": true, "randomblob": true}

// calls reports whether a statement calls one of the functions anywhere.
func calls(stmt ast.Stmt, names map[string]bool) bool {
	found := false
	ast.Walk(stmt, func(n ast.Node) bool {
		c, ok := n.(*ast.FuncCall)
		found = found || ok && names[fold(c.Name.Name)]
		return !found
	})
	return found
}

func (st *settling) selectStmt(sel *ast.SelectStmt, ctes []string) bool {
	orderBy, limit := syntax.Tail(sel)
	if limit != nil {
		return false
	}
	if sel.With != nil {
		for _, c := range sel.With.CTEs {
			ctes = append(ctes[:len(ctes):len(ctes)], fold(c.Name.Name))
		}
		for _, c := range sel.With.CTEs {
			if !st.selectStmt(c.Select, ctes) {
				return false
			}
		}
	}
	for _, core := range sel.Cores {
		if c, ok := core.(*ast.SelectQuery); ok && !st.core(c, orderBy, ctes) {
			return false
		}
	}
	return true
}

func (st *settling) core(c *ast.SelectQuery, orderBy []ast.Expr, ctes []string) bool {
	g := &grouping{settling: st, core: c, fixed: map[string]bool{}, known: map[groupColumn]bool{}}
	if !st.from(g, c.From, ctes) {
		return false
	}
	for _, rc := range c.Columns {
		if g.dependsOnTies(rc.Expr) {
			return false
		}
	}
	if c.Distinct == ast.DistinctDistinct && g.collates() {
		return false
	}
	aggregate := c.GroupBy != nil || c.Having != nil || slices.ContainsFunc(orderBy, hasAggregate)
	for _, rc := range c.Columns {
		aggregate = aggregate || hasAggregate(rc.Expr)
	}
	return !aggregate || g.settled()
}

// from judges what a FROM clause reads, and adds it to the grouping.
func (st *settling) from(g *grouping, list []*ast.TableRef, ctes []string) bool {
	for _, t := range list {
		settled := false
		switch {
		case t.Name != nil:
			settled = st.table(g, t, ctes)
		case t.Select != nil:
			g.sources = append(g.sources, groupSource{name: fold(syntax.Name(t.Alias))})
			settled = st.selectStmt(t.Select, ctes)
		case t.Alias == nil:
			settled = st.from(g, t.List, ctes)
		default: // named joins: what comes out of them is not followed
			g.sources = append(g.sources, groupSource{name: fold(t.Alias.Name)})
			settled = st.from(&grouping{}, t.List, ctes)
		}
		if !settled {
			return false
		}
	}
	return true
}

func (st *settling) table(g *grouping, t *ast.TableRef, ctes []string) bool {
	name := fold(t.Name.Name.Name)
	s := groupSource{name: name}
	if t.Alias != nil {
		s.name = fold(t.Alias.Name)
	}
	isCTE := t.Name.Schema == nil && slices.Contains(ctes, name)
	if !isCTE && !t.HasArgs {
		s.table = st.schema.Table(name)
	}
	g.sources = append(g.sources, s)
	return s.table == nil || s.table.Kind != schema.KindView || st.view(s.table)
}

func (st *settling) view(t *schema.Table) bool {
	if st.busy[t] {
		return false
	}
	st.busy[t] = true
	defer delete(st.busy, t)
	view := t.View()
	return view != nil && st.settled(view.Select, t.SQL, nil, st.busy)
}

// ofPeers are the window functions that return the same value for all rows that
// tie.
var ofPeers = map[string]bool{
	"rank": true, "dense_rank": true, "percent_rank": true, "cume_dist": true,
	"count": true, "sum": true, "total": true, "avg": true, "min": true, "max": true,
}

// dependsOnTies reports whether an expression has a window function that tells
// apart rows which tie in its window, or whose partition a condition may divide.
func (g *grouping) dependsOnTies(x ast.Expr) bool {
	found := false
	syntax.Walk(x, func(x ast.Expr) bool {
		c, ok := x.(*ast.FuncCall)
		if ok && c.Over != nil {
			w := g.window(c.Over)
			found = found || slices.ContainsFunc(w.Partition, g.collated) ||
				(!ofPeers[fold(c.Name.Name)] || w.Frame != ast.FrameNone) && !g.total(w)
		}
		return !found
	})
	return found
}

// window is a window with what it takes from the WINDOW clause.
func (g *grouping) window(w *ast.WindowDef) *ast.WindowDef {
	for range g.core.Windows { // a window can be based on one that is based on another
		for _, base := range g.core.Windows {
			if w.Base != nil && fold(base.Name.Name) == fold(w.Base.Name) {
				w = &ast.WindowDef{
					Base: base.Base, Partition: slices.Concat(base.Partition, w.Partition), OrderBy: slices.Concat(base.OrderBy, w.OrderBy),
					Frame: max(base.Frame, w.Frame),
				}
				break
			}
		}
	}
	return w
}

// total reports whether no two rows are equal in what the window partitions and
// orders by.
func (g *grouping) total(w *ast.WindowDef) bool {
	rows := &grouping{settling: g.settling, core: g.core, sources: g.sources, known: map[groupColumn]bool{}}
	for _, x := range slices.Concat(w.Partition, syntax.Ordered(w.OrderBy)) {
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
