package infer

import (
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/syntax"
)

// statement infers over a statement.
func (w *walker) statement(stmt syntax.Stmt) ([]Column, bool) {
	switch stmt := stmt.(type) {
	case *syntax.Select:
		return w.selectStmt(stmt, nil)
	case *syntax.Insert:
		return w.insert(stmt)
	case *syntax.Update:
		return w.update(stmt)
	case *syntax.Delete:
		s := &scope{outer: w.with(stmt.With, nil)}
		s.add(w.table(s, stmt.Table))
		w.optional(stmt.Where, s, nil)
		w.tail(stmt.OrderBy, stmt.Limit, stmt.Offset, s)
		return w.resultColumns(stmt.Returning, s)
	}
	return nil, false
}

func (w *walker) tail(orderBy []syntax.Expr, limit, offset syntax.Expr, s *scope) {
	for _, x := range orderBy {
		w.expr(x, s, nil)
	}
	w.optional(limit, s, counted)
	w.optional(offset, s, counted)
}

func (w *walker) insert(in *syntax.Insert) ([]Column, bool) {
	ctx := w.with(in.With, nil)
	target := w.schema.Table(in.Table.Name)
	w.rows(in, ctx, target)
	s := &scope{outer: ctx}
	src := w.table(s, in.Table)
	s.add(src)
	for _, u := range in.Upserts {
		with := &scope{outer: ctx, sources: []*source{src}}
		excluded := w.table(with, in.Table)
		excluded.name = "excluded"
		with.add(excluded)
		for _, x := range u.Target {
			w.expr(x, s, nil)
		}
		w.optional(u.TargetWhere, s, nil)
		w.set(u.Set, with, target)
		w.optional(u.Where, with, nil)
	}
	return w.resultColumns(in.Returning, s)
}

// rows infers over what an INSERT inserts.
func (w *walker) rows(in *syntax.Insert, ctx *scope, target *schema.Table) {
	if in.Rows == nil {
		return
	}
	for _, core := range in.Rows.Cores {
		for _, row := range core.Values {
			for i, x := range row {
				w.expr(x, &scope{outer: ctx}, w.insertedInto(in, target, i))
			}
		}
		for i, c := range core.Columns {
			if use := w.insertedInto(in, target, i); use != nil {
				w.again(c.Expr, use)
			}
		}
	}
	w.selectStmt(in.Rows, ctx)
}

// insertedInto is the use of the value at a place of an inserted row.
func (w *walker) insertedInto(in *syntax.Insert, target *schema.Table, place int) *Use {
	if target == nil {
		return nil
	}
	if in.Columns == nil {
		for i := range target.Columns {
			if target.Columns[i].Generated != schema.NotGenerated {
				continue
			}
			if place == 0 {
				return assigned(w.columnType(target, &target.Columns[i]))
			}
			place--
		}
		return nil
	}
	if place >= len(in.Columns) {
		return nil
	}
	return w.intoColumn(target, in.Columns[place])
}

func (w *walker) intoColumn(target *schema.Table, name string) *Use {
	if target == nil {
		return nil
	}
	if c := target.Column(name); c != nil {
		return assigned(w.columnType(target, c))
	}
	return nil
}

func (w *walker) update(u *syntax.Update) ([]Column, bool) {
	ctx := w.with(u.With, nil)
	s := &scope{outer: ctx}
	target := w.table(s, u.Table)
	s.add(target)
	if u.From != nil {
		w.from(s, u.From)
	}
	w.optional(u.Where, s, nil)
	w.set(u.Set, s, w.schema.Table(u.Table.Name))
	w.tail(u.OrderBy, u.Limit, u.Offset, s)
	returning := &scope{outer: ctx, sources: []*source{target}}
	return w.resultColumns(u.Returning, returning)
}

// set infers over assignments, (a, b) = (x, y) among them.
func (w *walker) set(list []syntax.Assignment, s *scope, target *schema.Table) {
	for _, a := range list {
		if len(a.Columns) == 1 {
			w.expr(a.Value, s, w.intoColumn(target, a.Columns[0]))
			continue
		}
		row, ok := a.Value.(*syntax.Row)
		if !ok || len(row.Items) != len(a.Columns) {
			w.expr(a.Value, s, nil)
			continue
		}
		for i, x := range row.Items {
			w.expr(x, s, w.intoColumn(target, a.Columns[i]))
		}
	}
}
