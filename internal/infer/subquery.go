package infer

import (
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/syntax"
)

// subquery is the type of a scalar subquery: NULL where it finds no row.
func (w *walker) subquery(x *syntax.Subquery, s *scope) Type {
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

// finds tells whether a select gives a row: NotNull where it always does.
func (w *walker) finds(sel *syntax.Select, s *scope) Null {
	c := sel.Cores[0]
	switch {
	case sel.Offset != nil || len(sel.Cores) > 1 || c.Having != nil:
		return MaybeNull
	case c.Values != nil || lone(c) == CanBeNull || c.From == nil && c.Where == nil:
		return NotNull
	case w.followsKey(sel, s):
		return NotNull
	}
	return CanBeNull
}

// followsKey recognises "SELECT … FROM parent WHERE parent.key = child.key"
// where a foreign key promises the parent. Foreign keys may not be enforced,
// but then they are not worth more than a comment.
func (w *walker) followsKey(sel *syntax.Select, outer *scope) bool {
	c := sel.Cores[0]
	from, ok := c.From.(*syntax.Table)
	if !ok || from.Call || sel.With != nil || outer.cte(from.Name) != nil {
		return false
	}
	parent := w.schema.Table(from.Name)
	if parent == nil || c.Where == nil {
		return false
	}
	inner := &scope{outer: outer}
	inner.add(w.table(inner, from))
	return w.keyHolds(c.Where, parent, inner, outer)
}

// keyHolds reports whether a condition asks that the columns of a foreign key, none
// of which is NULL, are those of the parent, and for nothing else.
func (w *walker) keyHolds(condition syntax.Expr, parent *schema.Table, inner, outer *scope) bool {
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
		if schema.EqualFold(key.Table, parent.Name) && covers(key, from2to) {
			return true
		}
	}
	return false
}

// covers reports whether the pairs are just those of the foreign key.
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
func equates(x syntax.Expr, inner, outer *scope) (column string, t Type, ok bool) {
	b, isBinary := x.(*syntax.Binary)
	if !isBinary || b.Op != "=" {
		return "", Type{}, false
	}
	for _, side := range [][2]syntax.Expr{{b.L, b.R}, {b.R, b.L}} {
		in, inOK := side[0].(*syntax.Column)
		out, outOK := side[1].(*syntax.Column)
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

func conjuncts(x syntax.Expr) []syntax.Expr {
	if b, ok := x.(*syntax.Binary); ok && b.Op == "AND" {
		return append(conjuncts(b.L), conjuncts(b.R)...)
	}
	return []syntax.Expr{x}
}
