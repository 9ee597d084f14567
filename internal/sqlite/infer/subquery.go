package infer

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// subquery returns the type of a scalar subquery: NULL if it does not find a row.
func (w *walker) subquery(x *ast.SubqueryExpr, s *scope) Type {
	columns, ok := w.selectStmt(x.Select, s)
	if !ok || len(columns) != 1 {
		return Type{}
	}
	t := columns[0].Type
	switch w.finds(x.Select, s) {
	case CanBeNull:
		return t.orNull("the subquery may find no row")
	case MaybeNull:
		return t.unsure()
	}
	return t
}

// finds tells whether a select returns a row: NotNull if it always does.
func (w *walker) finds(sel *ast.SelectStmt, s *scope) Null {
	_, limit := syntax.Tail(sel)
	c := syntax.Query(sel)
	switch {
	case limit != nil && (limit.Offset != nil || !isPositive(limit.Count, s)) || len(sel.Cores) > 1 || c != nil && c.Having != nil:
		return MaybeNull
	case c == nil || lone(c) == CanBeNull || c.From == nil && c.Where == nil: // VALUES, or one row of its own
		return NotNull
	case w.followsKey(sel, s):
		return NotNull
	}
	return CanBeNull
}

// followsKey recognises "SELECT … FROM parent WHERE parent.key = child.key" if a
// foreign key promises the parent. Foreign keys may not be enforced, but then they
// are not worth more than a comment.
func (w *walker) followsKey(sel *ast.SelectStmt, outer *scope) bool {
	c := syntax.Query(sel)
	if len(c.From) != 1 || sel.With != nil {
		return false
	}
	from := c.From[0]
	if from.Name == nil || from.HasArgs || outer.cte(from.Name.Name.Name) != nil {
		return false
	}
	parent := w.schema.Table(from.Name.Name.Name)
	if parent == nil || c.Where == nil {
		return false
	}
	inner := &scope{outer: outer}
	inner.add(w.table(inner, from))
	return w.keyHolds(c.Where, parent, inner, outer)
}

// keyHolds reports whether a condition only requires that the columns of a foreign
// key, all of them NOT NULL, equal those of the parent.
func (w *walker) keyHolds(condition ast.Expr, parent *schema.Table, inner, outer *scope) bool {
	var child *schema.Table
	from2to := map[string]string{} // the child's column by the parent's
	for _, cond := range conjuncts(condition) {
		parentColumn, t, ok := equates(cond, inner, outer)
		if !ok || t.Column == nil || t.null() != NotNull || child != nil && child != t.Table {
			return false
		}
		child = t.Table
		from2to[fold(parentColumn)] = fold(t.Column.Name)
	}
	for _, key := range child.ForeignKeys {
		if sqltext.EqualFold(key.Table, parent.Name) && covers(key, from2to) {
			return true
		}
	}
	return false
}

// covers reports whether the pairs are exactly those of the foreign key.
func covers(key schema.ForeignKey, pairs map[string]string) bool {
	if len(key.From) != len(pairs) || len(key.To) != len(key.From) {
		return false
	}
	for i := range key.From {
		if pairs[fold(key.To[i])] != fold(key.From[i]) {
			return false
		}
	}
	return true
}

// equates recognises "inner column = outer column", either way round.
func equates(x ast.Expr, inner, outer *scope) (column string, t Type, ok bool) {
	b, isBinary := x.(*ast.BinaryExpr)
	if !isBinary || b.Op != ast.OpEq {
		return "", Type{}, false
	}
	for _, side := range [][2]ast.Expr{{b.X, b.Y}, {b.Y, b.X}} {
		in, inOK := syntax.ColumnOf(side[0])
		out, outOK := syntax.ColumnOf(side[1])
		if !inOK || !outOK {
			return "", Type{}, false
		}
		if _, _, own := inner.own(in); !own {
			continue
		}
		if _, _, own := inner.own(out); own {
			continue
		}
		t, ok := outer.resolve(out)
		return in.Name, t, ok
	}
	return "", Type{}, false
}

func conjuncts(x ast.Expr) []ast.Expr {
	if b, ok := x.(*ast.BinaryExpr); ok && b.Op == ast.OpAnd {
		return append(conjuncts(b.X), conjuncts(b.Y)...)
	}
	return []ast.Expr{x}
}
