package infer

import (
	"slices"

	"github.com/dreysql/drey/internal/syntax"
)

// selectStmt infers over a select. It reports false where the columns cannot be
// told.
func (w *walker) selectStmt(sel *syntax.Select, outer *scope) ([]Column, bool) {
	ctx := w.with(sel.With, outer)
	columns, last, ok := w.core(sel.Cores[0], ctx)
	if len(sel.Cores) > 1 {
		var rest bool
		columns, rest = w.compound(sel, columns, ctx)
		ok = ok && rest
		last = &scope{outer: ctx, columns: columns}
	}
	for _, x := range sel.OrderBy {
		w.expr(x, last, nil)
	}
	w.optional(sel.Limit, last, counted)
	w.optional(sel.Offset, last, counted)
	return columns, ok
}

// compound adds what the other parts of a compound select can give to the
// columns of the first.
func (w *walker) compound(sel *syntax.Select, columns []Column, ctx *scope) ([]Column, bool) {
	known := true
	for i, core := range sel.Cores[1:] {
		more, _, ok := w.core(core, ctx)
		if !ok || len(more) != len(columns) {
			known = false
			continue
		}
		if sel.Ops[i] != "EXCEPT" { // rows of the first part alone
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

// core infers over one SELECT or VALUES and returns its scope, in which ORDER
// BY and LIMIT stand.
func (w *walker) core(c *syntax.Core, ctx *scope) ([]Column, *scope, bool) {
	s := &scope{outer: ctx, windows: map[string]*syntax.Window{}}
	if c.Values != nil {
		return w.values(c, s), s, true
	}
	if c.From != nil {
		w.from(s, c.From)
	}
	for _, win := range c.Windows {
		s.windows[fold(win.Name)] = win
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
		for _, x := range win.Exprs() {
			w.expr(x, s, nil)
		}
	}
	return columns, s, ok
}

func (w *walker) optional(x syntax.Expr, s *scope, want *Use) {
	if x != nil {
		w.expr(x, s, want)
	}
}

// values are the columns of VALUES: each can be what any row has there.
func (w *walker) values(c *syntax.Core, s *scope) []Column {
	var columns []Column
	for i, row := range c.Values {
		here := make([]Column, len(row))
		for j, x := range row {
			here[j] = Column{Name: valueName(j), Type: w.expr(x, s, nil).value()}
			here[j].Pos, here[j].End = x.Span()
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

// lone tells whether the select is an aggregate without GROUP BY, which gives
// one row of NULLs where it finds none, unless HAVING takes it away.
func lone(c *syntax.Core) Null {
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

func hasAggregate(x syntax.Expr) bool {
	found := false
	syntax.Walk(x, func(x syntax.Expr) bool {
		if call, ok := x.(*syntax.Call); ok && isAggregate(call) {
			found = true
		}
		return !found
	})
	return found
}

// resultColumns infers over the columns of a SELECT or RETURNING.
func (w *walker) resultColumns(list []syntax.ResultColumn, s *scope) ([]Column, bool) {
	var columns []Column
	known := true
	for _, rc := range list {
		if !rc.Star {
			c := Column{Name: rc.Alias, Type: w.expr(rc.Expr, s, nil), Pos: rc.Pos, End: rc.End}
			if col, ok := rc.Expr.(*syntax.Column); ok && c.Name == "" {
				c.Name = col.Name
			}
			columns = append(columns, c)
			continue
		}
		star, ok := s.star(rc)
		known = known && ok
		columns = append(columns, star...)
	}
	return columns, known
}

// star expands * and t.*. It does not leave out the columns that NATURAL and
// USING merge: a statement with both is reported as not known.
func (s *scope) star(rc syntax.ResultColumn) ([]Column, bool) {
	var columns []Column
	known, found := len(s.merged) == 0, false
	for _, src := range s.sources {
		if rc.Table != "" && fold(rc.Table) != fold(src.name) {
			continue
		}
		found = true
		known = known && (!src.open || len(src.columns) > 0)
		for _, c := range src.columns {
			columns = append(columns, Column{Name: c.Name, Type: src.typed(c).lone(s.lone), Pos: rc.Pos, End: rc.End})
		}
	}
	return columns, known && found
}
