package squirrelcols

import (
	"go/ast"
	"strings"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// table reads the table that a statement changes. It reports whether the table is
// known and exists.
func (c *checker) table(s *builder.Statement, sc *scope) bool {
	var name ast.Expr
	var at builder.Call
	for _, call := range s.Calls {
		sc.at(call)
		named := call.Name == "Into" || call.Name == "Table" || call.Name == "From" && s.Kind == builder.Delete
		if call.Name == "Insert" || call.Name == "Replace" || call.Name == "Update" || call.Name == "Delete" {
			t, ok := c.constant(first(call), sc)
			named = !ok || t.Text != ""
		}
		if named {
			name, at = first(call), call
		}
	}
	if name == nil {
		return false
	}
	sc.at(at)
	t, ok := c.constant(name, sc)
	sc.from = t.Text
	return ok && !c.judge(t.At, sc, inResult, c.ask(sc.probe(inResult, "1")))
}

func (c *checker) inserts(s *builder.Statement, sc *scope) {
	if !c.table(s, sc) {
		return
	}
	into := strings.TrimSpace(sc.with + " INSERT INTO " + sc.from)
	var columns []string
	check := func(t dataflow.Constant) {
		if !c.judge(t.At, sc, inResult, c.ask(into+" ("+t.Text+") VALUES ("+nulls(t.Text)+")")) {
			columns = append(columns, t.Text)
		}
	}
	for call := range sc.all("Columns") {
		c.each(call, sc, check, func() {})
	}
	for call := range sc.all("SetMap") {
		c.entries(first(call), 0, func(key, value ast.Expr) {
			list, _ := c.flow.Constants(key, sc.bound)
			for _, t := range list {
				check(t)
			}
			c.nested([]ast.Expr{value}, sc.alone())
		})
	}
	for call := range sc.all("Values") {
		c.nested(call.Args, sc.alone())
	}
	for call := range sc.all("Select") {
		if len(call.Args) == 1 && builder.Named(c.TypesInfo.TypeOf(call.Args[0])) == "SelectBuilder" {
			if sub := c.chains.Read(call.Args[0], sc.bound); sub != nil {
				c.statement(sub, sc.alone())
			}
		}
	}
	if len(columns) == 0 {
		for _, name := range c.columnsIn(sc.from) {
			columns = append(columns, sqltext.Quote(name))
		}
	}
	if len(columns) == 0 {
		return
	}
	list := strings.Join(columns, ", ")
	c.suffixes(s, sc, func(text string) *sqlite.Error {
		return c.ask(into + " (" + list + ") VALUES (" + nulls(list) + ") " + text)
	})
}

// nulls returns as many NULLs as a list has names.
func nulls(list string) string {
	return strings.Repeat("NULL, ", strings.Count(list, ",")) + "NULL"
}

func (c *checker) changes(s *builder.Statement, sc *scope) {
	if !c.table(s, sc) {
		return
	}
	table := sc.from
	if s.Kind == builder.Update {
		for call := range sc.all("From", "FromSelect") {
			text, at := "", ast.Node(first(call))
			ok := false
			if call.Name == "FromSelect" {
				text, ok = c.derived(call, sc)
			} else if t, constant := c.constant(first(call), sc); constant {
				text, at, ok = t.Text, t.At, true
			}
			if !ok {
				return
			}
			sc.from += ", " + text
			if c.judge(at, sc, inResult, c.ask(sc.probe(inResult, "1"))) {
				return
			}
		}
	}
	set := func(key, value ast.Expr) {
		list, _ := c.flow.Constants(key, sc.bound)
		for _, t := range list {
			c.judge(t.At, sc, inResult, c.ask(strings.TrimSpace(sc.with+" UPDATE "+table+" SET "+t.Text+" = NULL")))
		}
		c.nested([]ast.Expr{value}, sc)
	}
	for call := range sc.all("Set") {
		if len(call.Args) == 2 {
			set(call.Args[0], call.Args[1])
		}
	}
	for call := range sc.all("SetMap") {
		c.entries(first(call), 0, set)
	}
	for call := range sc.all("Where") {
		c.predicate(call, sc, inWhere)
	}
	for call := range sc.all("OrderBy") {
		c.texts(call, sc, inOrder)
	}
	c.suffixes(s, sc, func(text string) *sqlite.Error {
		word, list, ok := strings.Cut(strings.TrimSpace(text), " ")
		if !ok || !strings.EqualFold(word, "RETURNING") {
			return nil
		}
		own := *sc
		own.from = table
		return c.ask(own.probe(inResult, list))
	})
}

// entries calls f for the keys and values that are put into a map.
func (c *checker) entries(e ast.Expr, depth int, f func(key, value ast.Expr)) {
	if depth > 8 {
		return
	}
	switch x := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		for _, elt := range x.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				f(kv.Key, kv.Value)
			}
		}
	case *ast.Ident:
		for _, a := range c.flow.Assignments(c.flow.Object(x)) {
			if a.Element && a.Expr != nil {
				f(a.Index, a.Expr)
			} else if a.Expr != nil && !a.Each && !a.Append && a.Result == 0 {
				c.entries(a.Expr, depth+1, f)
			}
		}
	case *ast.CallExpr:
		if result := c.result(x); result != nil {
			c.entries(result, depth+1, f)
		}
	}
}
