package stored

import (
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqltext"
	"github.com/dreysql/drey/internal/syntax"
)

// Triggers are what the triggers of a schema assign to columns, to be judged.
func Triggers(s *schema.Schema, types Types) []*Finding {
	var list []*Finding
	for _, trigger := range s.Triggers {
		offset := body(trigger.SQL)
		for _, part := range sqltext.Split(trigger.SQL[offset:]) {
			stmt, err := syntax.Parse(part.Text)
			if err != nil {
				continue // END, or what nobody here can read
			}
			for _, f := range Writes(stmt, part.Text, s, types) {
				f.By = Writer{Kind: Trigger, Name: trigger.Name}
				f.Offset += offset + part.Start
				f.Line = strings.Count(trigger.SQL[:f.Offset], "\n")
				list = append(list, f)
			}
		}
	}
	return list
}

// body is the offset of what follows the BEGIN of a trigger.
func body(trigger string) int {
	depth := 0
	for _, t := range sqltext.Significant(trigger) {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		case t.Is("BEGIN") && depth == 0:
			return t.End()
		}
	}
	return len(trigger)
}

// Writes are what a statement assigns to columns of tables, to be judged: the
// values that an assigned expression can become by a CASE or a coalesce, each by
// itself. What has a parameter or a column is left out.
func Writes(stmt syntax.Stmt, sql string, s *schema.Schema, types Types) []*Finding {
	w := &writes{sql: sql, schema: s, types: types}
	switch stmt := stmt.(type) {
	case *syntax.Update:
		w.from = stmt.From != nil
		w.set(stmt.Table, stmt.Set)
	case *syntax.Insert:
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

func (w *writes) insert(in *syntax.Insert) {
	t := w.schema.Table(in.Table.Name)
	if in.Rows == nil || t == nil {
		return
	}
	names := in.Columns
	if names == nil {
		for i := range t.Columns {
			if t.Columns[i].Generated == schema.NotGenerated {
				names = append(names, t.Columns[i].Name)
			}
		}
	}
	for _, core := range in.Rows.Cores {
		w.from = core.From != nil
		for _, row := range core.Values {
			w.row(t, names, row)
		}
		var row []syntax.Expr
		for _, c := range core.Columns {
			if c.Expr == nil { // a star stands for nobody knows how many
				row = nil
				break
			}
			row = append(row, c.Expr)
		}
		w.row(t, names, row)
	}
}

func (w *writes) row(t *schema.Table, names []string, row []syntax.Expr) {
	for i := range min(len(names), len(row)) {
		w.assign(t, names[i], row[i])
	}
}

func (w *writes) set(table *syntax.Table, set []syntax.Assignment) {
	t := w.schema.Table(table.Name)
	if t == nil {
		return
	}
	for _, a := range set {
		row, ok := a.Value.(*syntax.Row)
		switch {
		case len(a.Columns) == 1:
			w.assign(t, a.Columns[0], a.Value)
		case ok:
			w.row(t, a.Columns, row.Items)
		}
	}
}

func (w *writes) assign(t *schema.Table, column string, x syntax.Expr) {
	c := t.Column(column)
	if c == nil || t.Kind != schema.KindTable {
		return
	}
	form := FormOf(w.types(t, c), c.Type)
	if form == nil {
		return
	}
	for _, x := range outcomes(x) {
		open := false
		syntax.Walk(x, func(x syntax.Expr) bool {
			switch x := x.(type) {
			case *syntax.Variable:
				open = true
			case *syntax.Column:
				open = open || !x.Quoted || x.Table != "" || w.from || w.isColumn(x.Name)
			}
			return !open
		})
		if from, to := x.Span(); !open && from < to {
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
func outcomes(x syntax.Expr) []syntax.Expr {
	var list []syntax.Expr
	switch x := x.(type) {
	case *syntax.Case:
		for _, w := range x.Whens {
			list = append(list, outcomes(w.Result)...)
		}
		if x.Else != nil {
			list = append(list, outcomes(x.Else)...)
		}
		return list
	case *syntax.Call:
		args := x.Args
		switch strings.ToLower(x.Name) {
		case "iif", "if":
			args = args[min(1, len(args)):]
		case "coalesce", "ifnull":
		default:
			return []syntax.Expr{x}
		}
		for _, arg := range args {
			list = append(list, outcomes(arg)...)
		}
		return list
	}
	return []syntax.Expr{x}
}
