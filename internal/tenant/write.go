package tenant

import (
	"fmt"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// target returns the table that a statement writes.
func (w *walker) target(name *ast.QualifiedName, alias *ast.Ident) *source {
	return w.table(name, alias, nil)
}

// tenant returns the column that says whose a row of a table is, -1 for none.
func (src *source) tenant() int {
	if src.rows.open == nil || len(src.rows.keys) == 0 {
		return -1
	}
	return src.rows.keys[0]
}

func (w *walker) fault(n ast.Node, fix, format string, args ...any) {
	at, _ := syntax.Span(n)
	w.faults = append(w.faults, fault{at, fmt.Sprintf(format, args...), fix})
}

// replaces reports a statement that may delete rows of other tenants.
func (w *walker) replaces(name *ast.QualifiedName, src *source, action ast.ConflictAction) {
	if src.rows.open != nil && action == ast.ConflictReplace {
		w.fault(name, "use ON CONFLICT … DO UPDATE", "OR REPLACE deletes the row of %s that has the key already, whose tenant it may be", name.Name.Name)
	}
}

// sets reports an assignment that gives a row to another tenant, and reads the values.
func (w *walker) sets(src *source, set []*ast.SetPair, s *scope) {
	for _, pair := range set {
		for _, id := range pair.Columns {
			if col := src.tenant(); col >= 0 && sqltext.EqualFold(id.Name, src.rows.columns[col].name) {
				w.fault(id, "leave it out", "it gives the row of %s to another %s", src.rows.open[0].table, src.rows.columns[col].name)
			}
		}
		w.expr(pair.Value, s)
	}
}

func (w *walker) returning(list []*ast.ResultColumn, s *scope) {
	for _, c := range list {
		if syntax.Star(c) == nil {
			w.expr(c.Expr, s)
		}
	}
}

func (w *walker) update(u *ast.UpdateStmt) {
	s := &scope{frame: newFrame(), ctes: w.with(u.With, nil)}
	src := w.target(u.Table, u.Alias)
	s.add(src)
	w.replaces(u.Table, src, u.OrConflict)
	w.from(u.From, s)
	s.holds(u.Where, nil)
	w.expr(u.Where, s)
	w.sets(src, u.Set, s)
	w.changed(s, src, u.Returning, u.OrderBy, u.Limit)
}

func (w *walker) delete(d *ast.DeleteStmt) {
	s := &scope{frame: newFrame(), ctes: w.with(d.With, nil)}
	src := w.target(d.Table, d.Alias)
	s.add(src)
	s.holds(d.Where, nil)
	w.expr(d.Where, s)
	w.changed(s, src, d.Returning, d.OrderBy, d.Limit)
}

// changed reads the end of an UPDATE or DELETE, and reports what it leaves open.
func (w *walker) changed(s *scope, src *source, returned []*ast.ResultColumn, order []*ast.OrderingTerm, limit *ast.Limit) {
	w.returning(returned, s)
	for _, x := range syntax.Ordered(order) {
		w.expr(x, s)
	}
	w.limit(limit, s)
	w.written(s, src)
}

// written reports what a frame leaves open. src is what it writes.
func (w *walker) written(s *scope, src *source) {
	for _, m := range w.unsaid(s.frame) {
		verb := "read"
		if src.rows.open != nil && m == src.rows.open[0] {
			verb = "written"
		}
		w.report([]mention{m}, verb)
	}
}

func (w *walker) insert(i *ast.InsertStmt) {
	in := w.with(i.With, nil)
	src := w.target(i.Table, i.Alias)
	action := i.OrConflict
	if i.Replace {
		action = ast.ConflictReplace
	}
	w.replaces(i.Table, src, action)
	given := &rows{}
	if i.Select != nil {
		given = w.selectStmt(i.Select, in)
		w.report(given.open, "read")
	}
	// What was inserted, and what a conflict leads to, is seen as the row that it is now.
	now := &source{name: src.name, rows: src.rows.called(nil)}
	if col := src.tenant(); col >= 0 {
		name := src.rows.columns[col].name
		at := placeOf(i, src, col)
		switch {
		case i.DefaultValues || at < 0:
			w.fault(i.Table, "insert it, from a parameter", "rows of %s are inserted without their %s", i.Table.Name.Name, name)
		case given.unlisted || at >= len(given.columns) || !given.columns[at].fixed:
			w.fault(i.Table, "insert a parameter, or a column that equals one",
				"rows of %s are inserted with a %s that is not a parameter", i.Table.Name.Name, name)
		}
		now.rows.columns[col].fixed = true
		if at >= 0 && at < len(given.columns) {
			w.params = append(w.params, given.columns[at].params...)
		}
	}
	for _, up := range i.Upserts {
		s := &scope{frame: newFrame(), ctes: in}
		s.add(src)
		excluded := &source{name: "excluded", rows: &rows{columns: now.rows.columns}}
		s.add(excluded)
		for _, term := range up.Target { // the old row has the new one's key
			if c, ok := syntax.ColumnOf(term.Expr); ok && src.rows.column(c.Name) >= 0 {
				col := src.rows.column(c.Name)
				s.flow(ref{excluded, col}, ref{src, col})
			}
		}
		s.holds(up.Where, nil)
		w.expr(up.TargetWhere, s)
		if up.DoNothing {
			continue
		}
		w.expr(up.Where, s)
		w.sets(src, up.Set, s)
		for _, m := range w.unsaid(s.frame) {
			if src.rows.open != nil && m == src.rows.open[0] && m.column != "" {
				w.fault(up, fmt.Sprintf("add WHERE %s.%s = excluded.%[2]s", label(m.alias), label(m.column)),
					"DO UPDATE changes the row of %s that has the key already, whose %s it may be", m.table, m.column)
			} else {
				w.report([]mention{m}, "read")
			}
		}
	}
	s := &scope{frame: newFrame(), ctes: in}
	s.add(now)
	w.returning(i.Returning, s)
	w.written(s, src)
}

// placeOf returns which of the values of an INSERT goes into a column, -1 for none.
func placeOf(i *ast.InsertStmt, src *source, col int) int {
	if i.Columns == nil {
		at := 0
		for _, c := range src.rows.columns[:col] {
			if c.of == nil || c.of.Generated == "" {
				at++
			}
		}
		return at
	}
	for at, id := range i.Columns {
		if sqltext.EqualFold(id.Name, src.rows.columns[col].name) {
			return at
		}
	}
	return -1
}
