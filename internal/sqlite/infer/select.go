package infer

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// selectStmt infers over a select. It reports false if the columns are not known.
func (w *walker) selectStmt(sel *ast.SelectStmt, outer *scope) ([]Column, bool) {
	ctx := w.with(sel.With, outer)
	columns, last, ok := w.core(sel.Cores[0], ctx)
	if len(sel.Cores) > 1 {
		var rest bool
		columns, rest = w.compound(sel, columns, ctx)
		ok = ok && rest
		last = &scope{outer: ctx, columns: columns}
	}
	orderBy, limit := syntax.Tail(sel)
	for _, x := range orderBy {
		w.expr(x, last, nil)
	}
	w.limit(limit, last)
	return columns, ok
}

func (w *walker) limit(l *ast.Limit, s *scope) {
	if l != nil {
		w.expr(l.Count, s, counted)
		w.optional(l.Offset, s, counted)
	}
}

// compound adds what the other parts of a compound select can give to the first
// part's columns.
func (w *walker) compound(sel *ast.SelectStmt, columns []Column, ctx *scope) ([]Column, bool) {
	known := true
	for i, core := range sel.Cores[1:] {
		more, _, ok := w.core(core, ctx)
		if !ok || len(more) != len(columns) {
			known = false
			continue
		}
		if sel.Ops[i].Op != "EXCEPT" { // only rows of the first part
			columns = combine(columns, more)
		}
	}
	return columns, known
}

func combine(a, b []Column) []Column {
	columns := slices.Clone(a)
	for i := range columns {
		columns[i].Type = either(a[i].Type, b[i].Type)
	}
	return columns
}

// core infers over one SELECT or VALUES and returns its scope, which ORDER BY and
// LIMIT use.
func (w *walker) core(core ast.SelectCore, ctx *scope) ([]Column, *scope, bool) {
	s := &scope{outer: ctx, windows: map[string]*ast.WindowDef{}}
	c, ok := core.(*ast.SelectQuery)
	if !ok {
		return w.values(core.(*ast.ValuesClause), s), s, true
	}
	w.from(s, c.From)
	for _, win := range c.Windows {
		s.windows[fold(win.Name.Name)] = win
	}
	s.results = c.Columns
	if c.Where != nil {
		w.expr(c.Where, s, nil)
		require(rejects(c.Where, s))
	}
	s.lone, s.grouped = lone(c), c.GroupBy != nil
	columns, ok := w.resultColumns(c.Columns, s)
	for _, x := range c.GroupBy {
		w.expr(x, s, nil)
	}
	w.optional(c.Having, s, nil)
	for _, win := range c.Windows {
		for _, x := range syntax.WindowExprs(win) {
			w.expr(x, s, nil)
		}
	}
	return columns, s, ok
}

func (w *walker) optional(x ast.Expr, s *scope, want *Use) {
	if x != nil {
		w.expr(x, s, want)
	}
}

// values returns the columns of VALUES: each can be what any row has there.
func (w *walker) values(c *ast.ValuesClause, s *scope) []Column {
	var columns []Column
	for i, row := range c.Rows {
		here := make([]Column, len(row))
		for j, x := range row {
			here[j] = Column{Name: valueName(j), Type: w.expr(x, s, nil).value()}
			here[j].Pos, here[j].End = syntax.Span(x)
		}
		if i == 0 {
			columns = here
		} else if len(here) == len(columns) {
			columns = combine(columns, here)
		}
	}
	return columns
}

func valueName(i int) string {
	const digits = "0123456789"
	if i < 9 {
		return "column" + digits[i+1:i+2]
	}
	return valueName((i+1)/10-1) + digits[(i+1)%10:(i+1)%10+1]
}

// lone tells whether the select is an aggregate without GROUP BY. Such a select
// returns one row of NULLs if it finds none, unless HAVING removes that row.
func lone(c *ast.SelectQuery) Null {
	if c.GroupBy != nil || c.From == nil {
		return 0
	}
	found := false
	for _, col := range c.Columns {
		found = found || hasAggregate(col.Expr)
	}
	switch {
	case c.Having != nil:
		return MaybeNull
	case found:
		return CanBeNull
	}
	return 0
}

func hasAggregate(x ast.Expr) bool {
	found := false
	syntax.Walk(x, func(x ast.Expr) bool {
		if call, ok := x.(*ast.FuncCall); ok && IsAggregate(call) {
			found = true
		}
		return !found
	})
	return found
}

// resultColumns infers over the columns of a SELECT or RETURNING.
func (w *walker) resultColumns(list []*ast.ResultColumn, s *scope) ([]Column, bool) {
	var columns []Column
	known := true
	for _, rc := range list {
		if star := syntax.Star(rc); star != nil {
			all, ok := s.star(star)
			known = known && ok
			columns = append(columns, all...)
			continue
		}
		c := Column{Name: syntax.Name(rc.Alias), Type: w.expr(rc.Expr, s, nil), Pos: rc.Start, End: rc.Stop}
		if col, ok := syntax.ColumnOf(rc.Expr); ok && c.Name == "" {
			c.Name = col.Name
		}
		columns = append(columns, c)
	}
	return columns, known
}

// star expands * and t.*. It does not leave out the columns that NATURAL and USING
// merge: a statement with both is reported as unknown.
func (s *scope) star(star *ast.Star) ([]Column, bool) {
	var columns []Column
	known, found := len(s.merged) == 0, false
	for _, src := range s.sources {
		if star.Table != nil && fold(star.Table.Name) != fold(src.name) {
			continue
		}
		found = true
		known = known && (!src.open || len(src.columns) > 0)
		for _, c := range src.columns {
			columns = append(columns, Column{Name: c.Name, Type: src.typed(c).lone(s.lone), Pos: star.Start, End: star.Stop})
		}
	}
	return columns, known && found
}
