package infer

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Written is a column that a statement gives a value.
type Written struct {
	Column string
	Null   Null // zero means MaybeNull
}

// Written returns what an INSERT or an UPDATE in the body of a trigger gives the columns of
// its table, by occurrence.
func (a *Analyzer) Written(trigger *ast.CreateTriggerStmt, stmt ast.Stmt) []Written {
	w := &walker{Analyzer: a, uses: map[*ast.BindParam]Use{}}
	rows := &scope{}
	for _, name := range []string{"new", "old"} {
		src := w.table(rows, &ast.TableRef{Name: trigger.Table, Alias: &ast.Ident{Name: name}})
		if name == "new" && trigger.Time != ast.TriggerAfter { // no constraint has been looked at
			src.columns, src.open = nil, true
		}
		rows.add(src)
	}
	rows.holds(trigger.When, nil)
	switch stmt := stmt.(type) {
	case *ast.InsertStmt:
		return w.inserted(stmt, rows)
	case *ast.UpdateStmt:
		s := &scope{outer: w.with(stmt.With, rows)}
		s.add(w.table(s, &ast.TableRef{Name: stmt.Table, Alias: stmt.Alias}))
		w.from(s, stmt.From)
		s.holds(stmt.Where, rows)
		return w.assigned(stmt.Set, s)
	}
	return nil
}

// holds says that a condition does, which may be absent, so that what it rejects is not
// there. It also sees the rows of a trigger, whose columns have to be qualified.
func (s *scope) holds(x ast.Expr, rows *scope) {
	if x == nil {
		return
	}
	all := *s
	if rows != nil {
		all.sources = slices.Concat(s.sources, rows.sources)
	}
	require(rejects(x, &all))
}

func (w *walker) inserted(in *ast.InsertStmt, rows *scope) (list []Written) {
	ctx := w.with(in.With, rows)
	if in.Select != nil {
		if q, ok := in.Select.Cores[0].(*ast.SelectQuery); ok && len(in.Select.Cores) == 1 {
			s := &scope{outer: ctx}
			w.from(s, q.From)
			s.holds(q.Where, rows)
		}
		got, _ := w.selectStmt(in.Select, ctx)
		for i, name := range w.insertedColumns(in) {
			column := Written{Column: name}
			if i < len(got) {
				column.Null = got[i].Type.Null
			}
			list = append(list, column)
		}
	}
	for _, u := range in.Upserts {
		s := &scope{outer: ctx}
		s.add(w.table(s, &ast.TableRef{Name: in.Table, Alias: in.Alias}))
		s.add(w.table(s, &ast.TableRef{Name: in.Table, Alias: &ast.Ident{Name: "excluded"}}))
		s.holds(u.Where, rows)
		list = append(list, w.assigned(u.Set, s)...)
	}
	return list
}

// insertedColumns are the names of those that an INSERT gives values.
func (w *walker) insertedColumns(in *ast.InsertStmt) (names []string) {
	for _, id := range in.Columns {
		names = append(names, id.Name)
	}
	if t := w.schema.Table(in.Table.Name.Name); in.Columns == nil && t != nil {
		for i := range t.Columns {
			if t.Columns[i].Generated == schema.NotGenerated {
				names = append(names, t.Columns[i].Name)
			}
		}
	}
	return names
}

// assigned is what assignments give.
func (w *walker) assigned(list []*ast.SetPair, s *scope) (written []Written) {
	for _, pair := range list {
		values := []ast.Expr{pair.Value}
		if row, ok := pair.Value.(*ast.VectorExpr); ok {
			values = row.List
		}
		for i, id := range pair.Columns {
			column := Written{Column: syntax.Name(id)}
			if len(values) == len(pair.Columns) {
				column.Null = w.expr(values[i], s, nil).Null
			}
			written = append(written, column)
		}
	}
	return written
}
