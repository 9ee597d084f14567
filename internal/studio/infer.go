package studio

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// columnsOf is what is known of the result columns of a query, nil if nothing is.
func (c *catalog) columnsOf(text string) []infer.Column {
	stmt, err := syntax.Parse(text)
	if err != nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.analyzer.Analyze(stmt).Columns
}

// checkText is a CHECK as it is written.
func checkText(t *schema.Table, check checks.Check) string {
	start, end := syntax.Span(check.Expr)
	text := "CHECK (" + t.SQL[start:end] + ")"
	if check.Name != "" {
		text = check.Name + ": " + text
	}
	return text
}

// keyOf are the result columns by which a query's rows are told apart, nil if that is not
// known: what it is grouped by, or a unique key of each table whose rows it pairs.
func (c *catalog) keyOf(text string, columns []*column) []string {
	stmt, err := syntax.Parse(text)
	sel, isSelect := stmt.(*ast.SelectStmt)
	types := c.columnsOf(text)
	if err != nil || !isSelect || len(types) != len(columns) {
		return nil
	}
	if key := groupKey(sel, types, columns); key != nil {
		return key
	}
	tables, ok := c.tablesOf(sel, 0)
	if !ok {
		return nil
	}
	var key []string
	for i, t := range tables {
		of := keyIn(t, types, columns)
		if of == nil || slices.Index(tables, t) != i { // twice: which of them a column is of is not told
			return nil
		}
		key = append(key, of...)
	}
	return key
}

// groupKey are the result columns that a select is grouped by.
func groupKey(sel *ast.SelectStmt, types []infer.Column, columns []*column) (key []string) {
	q := syntax.Query(sel)
	if q == nil || len(q.GroupBy) == 0 || len(q.Columns) != len(types) {
		return nil
	}
	for _, by := range q.GroupBy {
		of, ok := syntax.ColumnOf(by)
		i := slices.IndexFunc(q.Columns, func(r *ast.ResultColumn) bool {
			is, plain := syntax.ColumnOf(r.Expr)
			return plain && sqltext.EqualFold(is.Name, of.Name) && sqltext.EqualFold(is.Table, of.Table)
		})
		if !ok || i < 0 || columns[i].Hidden || types[i].Type.Null != infer.NotNull {
			return nil
		}
		key = append(key, columns[i].Name)
	}
	return key
}

// keyIn is a unique key of a table among the result columns.
func keyIn(t *schema.Table, types []infer.Column, columns []*column) []string {
	for _, unique := range t.UniqueKeys() {
		var names []string
		for _, name := range unique {
			i := slices.IndexFunc(types, func(c infer.Column) bool {
				return c.Type.Table == t && c.Type.Column != nil && sqltext.EqualFold(c.Type.Column.Name, name) && c.Type.Null == infer.NotNull
			})
			if i < 0 || columns[i].Hidden {
				names = nil
				break
			}
			names = append(names, columns[i].Name)
		}
		if len(names) > 0 {
			return names
		}
	}
	return nil
}

// tablesOf are the tables whose rows a select pairs, without those of which a join finds
// one row at most. ok is false if the same pair may be in the result twice.
func (c *catalog) tablesOf(sel *ast.SelectStmt, depth int) (list []*schema.Table, ok bool) {
	q := syntax.Query(sel)
	if q == nil || depth > 8 || sel.With != nil || len(q.From) == 0 {
		return nil, false
	}
	for i, ref := range q.From {
		if ref.Join != nil && ref.Join.Type&ast.JoinRight != 0 || ref.Name == nil || ref.HasArgs || ref.Name.Schema != nil {
			return nil, false
		}
		t := c.schema.Table(ref.Name.Name.Name)
		switch {
		case t == nil || t.Kind == schema.KindVirtual:
			return nil, false
		case i > 0 && findsOne(ref, t):
		case t.Kind == schema.KindView:
			view := t.View()
			if view == nil {
				return nil, false
			}
			below, ok := c.tablesOf(view.Select, depth+1)
			if !ok {
				return nil, false
			}
			list = append(list, below...)
		default:
			list = append(list, t)
		}
	}
	return list, true
}

// findsOne reports whether a join compares all columns of a unique key of the table with
// something else.
func findsOne(ref *ast.TableRef, t *schema.Table) bool {
	compared := syntax.Names(ref.Using)
	name := ref.Name.Name.Name
	if ref.Alias != nil {
		name = syntax.Name(ref.Alias)
	}
	own := func(x ast.Expr) (column string, ok bool) {
		of, is := syntax.ColumnOf(x)
		return of.Name, is && sqltext.EqualFold(of.Table, name)
	}
	var read func(ast.Expr)
	read = func(x ast.Expr) {
		b, ok := x.(*ast.BinaryExpr)
		if !ok {
			return
		}
		if b.Op == ast.OpAnd {
			read(b.X)
			read(b.Y)
			return
		}
		if b.Op != ast.OpEq {
			return
		}
		l, ofLeft := own(b.X)
		r, ofRight := own(b.Y)
		other := func(x ast.Expr) bool {
			of, is := syntax.ColumnOf(x)
			return is && of.Table != ""
		}
		switch {
		case ofLeft && !ofRight && other(b.Y):
			compared = append(compared, l)
		case ofRight && !ofLeft && other(b.X):
			compared = append(compared, r)
		}
	}
	if ref.On != nil {
		read(ref.On)
	}
	return slices.ContainsFunc(t.UniqueKeys(), func(key []string) bool {
		return !slices.ContainsFunc(key, func(column string) bool {
			return !slices.ContainsFunc(compared, func(c string) bool { return sqltext.EqualFold(c, column) })
		})
	})
}
