package infer

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// statement infers over a statement.
func (w *walker) statement(stmt ast.Stmt) ([]Column, bool) {
	switch stmt := stmt.(type) {
	case *ast.SelectStmt:
		return w.selectStmt(stmt, nil)
	case *ast.InsertStmt:
		return w.insert(stmt)
	case *ast.UpdateStmt:
		return w.update(stmt)
	case *ast.DeleteStmt:
		s := &scope{outer: w.with(stmt.With, nil)}
		s.add(w.table(s, &ast.TableRef{Name: stmt.Table, Alias: stmt.Alias}))
		w.optional(stmt.Where, s, nil)
		return w.resultColumns(stmt.Returning, s)
	}
	return nil, false
}

func (w *walker) insert(in *ast.InsertStmt) ([]Column, bool) {
	ctx := w.with(in.With, nil)
	target := w.schema.Table(in.Table.Name.Name)
	w.rows(in, ctx, target)
	s := &scope{outer: ctx}
	into := &ast.TableRef{Name: in.Table, Alias: in.Alias}
	src := w.table(s, into)
	s.add(src)
	for _, u := range in.Upserts {
		with := &scope{outer: ctx, sources: []*source{src}}
		excluded := w.table(with, into)
		excluded.name = "excluded"
		with.add(excluded)
		for _, x := range syntax.Ordered(u.Target) {
			w.expr(x, s, nil)
		}
		w.optional(u.TargetWhere, s, nil)
		w.set(u.Set, with, target)
		w.optional(u.Where, with, nil)
	}
	return w.resultColumns(in.Returning, s)
}

// rows infers over what an INSERT inserts.
func (w *walker) rows(in *ast.InsertStmt, ctx *scope, target *schema.Table) {
	if in.Select == nil {
		return
	}
	for _, core := range in.Select.Cores {
		switch core := core.(type) {
		case *ast.ValuesClause:
			for _, row := range core.Rows {
				for i, x := range row {
					w.expr(x, &scope{outer: ctx}, w.insertedInto(in, target, i))
				}
			}
		case *ast.SelectQuery:
			for i, c := range core.Columns {
				if use := w.insertedInto(in, target, i); use != nil {
					w.again(c.Expr, use)
				}
			}
		}
	}
	w.selectStmt(in.Select, ctx)
}

// insertedInto returns the use of the value at a place of an inserted row.
func (w *walker) insertedInto(in *ast.InsertStmt, target *schema.Table, place int) *Use {
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
	return w.intoColumn(target, in.Columns[place].Name)
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

func (w *walker) update(u *ast.UpdateStmt) ([]Column, bool) {
	ctx := w.with(u.With, nil)
	s := &scope{outer: ctx}
	target := w.table(s, &ast.TableRef{Name: u.Table, Alias: u.Alias})
	s.add(target)
	w.from(s, u.From)
	w.optional(u.Where, s, nil)
	w.set(u.Set, s, w.schema.Table(u.Table.Name.Name))
	returning := &scope{outer: ctx, sources: []*source{target}}
	return w.resultColumns(u.Returning, returning)
}

// set infers over assignments, (a, b) = (x, y) among them.
func (w *walker) set(list []*ast.SetPair, s *scope, target *schema.Table) {
	for _, a := range list {
		if len(a.Columns) == 1 {
			w.expr(a.Value, s, w.intoColumn(target, a.Columns[0].Name))
			continue
		}
		row, ok := a.Value.(*ast.VectorExpr)
		if !ok || len(row.List) != len(a.Columns) {
			w.expr(a.Value, s, nil)
			continue
		}
		for i, x := range row.List {
			w.expr(x, s, w.intoColumn(target, a.Columns[i].Name))
		}
	}
}
