package stored

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Triggers are what the triggers of a schema assign to columns, to be judged.
func Triggers(s *schema.Schema, types Types) []*Finding {
	var list []*Finding
	for _, trigger := range s.Triggers {
		stmt, _ := syntax.Parse(trigger.SQL)
		create, ok := stmt.(*ast.CreateTriggerStmt)
		if !ok {
			continue
		}
		for _, stmt := range create.Body {
			for _, f := range Writes(stmt, trigger.SQL, s, types) {
				f.By = Writer{Kind: Trigger, Name: trigger.Name}
				f.Line = strings.Count(trigger.SQL[:f.Offset], "\n")
				list = append(list, f)
			}
		}
	}
	return list
}

// Writes are what a statement assigns to columns of tables, to be judged: the
// values that an assigned expression can become by a CASE or a coalesce, each by
// itself. What has a parameter or a column is left out.
func Writes(stmt ast.Stmt, sql string, s *schema.Schema, types Types) []*Finding {
	w := &writes{sql: sql, schema: s, types: types}
	switch stmt := stmt.(type) {
	case *ast.UpdateStmt:
		w.from = stmt.From != nil
		w.set(stmt.Table, stmt.Set)
	case *ast.InsertStmt:
		w.insert(stmt)
		for _, u := range stmt.Upserts {
			w.set(stmt.Table, u.Set)
		}
	}
	return w.list
}

type writes struct {
	sql    string
	schema *schema.Schema
	types  Types
	list   []*Finding
	from   bool // a FROM clause may give columns that no table has
}

func (w *writes) insert(in *ast.InsertStmt) {
	t := w.schema.Table(in.Table.Name.Name)
	if in.Select == nil || t == nil {
		return
	}
	names := syntax.Names(in.Columns)
	if names == nil {
		for i := range t.Columns {
			if t.Columns[i].Generated == schema.NotGenerated {
				names = append(names, t.Columns[i].Name)
			}
		}
	}
	for _, core := range in.Select.Cores {
		switch core := core.(type) {
		case *ast.ValuesClause:
			for _, row := range core.Rows {
				w.row(t, names, row)
			}
		case *ast.SelectQuery:
			w.from = core.From != nil
			var row []ast.Expr
			for _, c := range core.Columns {
				if syntax.Star(c) != nil { // a star stands for nobody knows how many
					row = nil
					break
				}
				row = append(row, c.Expr)
			}
			w.row(t, names, row)
		}
	}
}

func (w *writes) row(t *schema.Table, names []string, row []ast.Expr) {
	for i := range min(len(names), len(row)) {
		w.assign(t, names[i], row[i])
	}
}

func (w *writes) set(table *ast.QualifiedName, set []*ast.SetPair) {
	t := w.schema.Table(table.Name.Name)
	if t == nil {
		return
	}
	for _, a := range set {
		row, ok := a.Value.(*ast.VectorExpr)
		switch {
		case len(a.Columns) == 1:
			w.assign(t, a.Columns[0].Name, a.Value)
		case ok:
			w.row(t, syntax.Names(a.Columns), row.List)
		}
	}
}

func (w *writes) assign(t *schema.Table, column string, x ast.Expr) {
	c := t.Column(column)
	if c == nil || t.Kind != schema.KindTable {
		return
	}
	form := FormOf(w.types(t, c), c.Affine())
	if form == nil {
		return
	}
	for _, x := range outcomes(x) {
		open := false
		syntax.Walk(x, func(x ast.Expr) bool {
			switch x.(type) {
			case *ast.BindParam:
				open = true
			case *ast.QualifiedRef:
				c, _ := syntax.ColumnOf(x)
				_, isBool := c.Bool()
				open = open || w.isColumn(c.Name) || !isBool && (!c.Quoted || c.Table != "" || w.from)
			}
			return !open
		})
		if from, to := syntax.Span(x); !open && from < to {
			w.list = append(w.list, &Finding{Table: t, Column: c, Form: form, By: Writer{Kind: Statement}, Expr: w.sql[from:to], Offset: from})
		}
	}
}

// isColumn reports whether a name in double quotes can be a column's. SQLite takes
// any other for a string.
func (w *writes) isColumn(name string) bool {
	return slices.ContainsFunc(w.schema.Tables, func(t *schema.Table) bool { return t.Column(name) != nil })
}

// outcomes are the expressions of which one is the value of x.
func outcomes(x ast.Expr) []ast.Expr {
	var list []ast.Expr
	switch x := x.(type) {
	case *ast.CaseExpr:
		for _, w := range x.Whens {
			list = append(list, outcomes(w.Then)...)
		}
		if x.Else != nil {
			list = append(list, outcomes(x.Else)...)
		}
		return list
	case *ast.FuncCall:
		args := x.Args
		switch sqltext.Fold(x.Name.Name) {
		case "iif", "if":
			args = args[min(1, len(args)):]
		case "coalesce", "ifnull":
		default:
			return []ast.Expr{x}
		}
		for _, arg := range args {
			list = append(list, outcomes(arg)...)
		}
		return list
	}
	return []ast.Expr{x}
}
