package squirrelcols

import (
	"go/ast"
	"strings"

	"github.com/dreysql/drey/internal/lint/chain"
	"github.com/dreysql/drey/internal/lint/policy"
)

// table is the table that a statement changes. It reports whether it is known
// and there.
func (c *checker) table(s *chain.Statement, sc *scope) bool {
	var name ast.Expr
	for _, call := range s.Calls {
		named := call.Name == "Into" || call.Name == "Table" || call.Name == "From" && s.Kind == chain.Delete
		if call.Name == "Insert" || call.Name == "Replace" || call.Name == "Update" || call.Name == "Delete" {
			text, ok := c.flow.Text(first(call))
			named = !ok || text != ""
		}
		if named {
			name = first(call)
		}
	}
	if name == nil {
		return false
	}
	text, ok := c.flow.Text(name)
	sc.from = text
	return ok && !c.judge(name, sc, inResult, c.ask(sc.probe(inResult, "1")))
}

func (c *checker) inserts(s *chain.Statement, sc *scope) {
	if !c.table(s, sc) {
		return
	}
	into := strings.TrimSpace(sc.with + " INSERT INTO " + sc.from)
	var columns []string
	check := func(n ast.Node, texts []string) {
		for _, t := range texts {
			if !c.judge(n, sc, inResult, c.ask(into+" ("+t+") VALUES ("+nulls(t)+")")) {
				columns = append(columns, t)
			}
		}
	}
	for _, call := range s.All("Columns") {
		for i, a := range call.Args {
			if call.Ellipsis.IsValid() && i == len(call.Args)-1 {
				texts, _ := c.flow.Elements(a)
				check(a, texts)
			} else {
				texts, _ := c.flow.Texts(a)
				check(a, texts)
			}
		}
	}
	for _, call := range s.All("SetMap") {
		c.entries(first(call), func(key, value ast.Expr) {
			texts, _ := c.flow.Texts(key)
			check(key, texts)
		})
	}
	for _, call := range s.All("Select") {
		if len(call.Args) == 1 && chain.Named(c.TypesInfo.TypeOf(call.Args[0])) == "SelectBuilder" {
			if sub := c.chains.Read(call.Args[0]); sub != nil {
				inner := *sub
				inner.Use = s.Use
				c.statement(&inner, nil)
			}
		}
	}
	if len(columns) == 0 {
		for _, name := range policy.Columns(c.dir, sc.from) {
			columns = append(columns, quote(name))
		}
	}
	if len(columns) == 0 {
		return
	}
	list := strings.Join(columns, ", ")
	for _, call := range s.All("Suffix", "SuffixExpr") {
		if text, ok := c.text(call); ok {
			c.judge(call.Args[0], sc, inResult, c.ask(into+" ("+list+") VALUES ("+nulls(list)+") "+text))
		}
	}
}

// nulls are as many values as a list has names.
func nulls(list string) string {
	return strings.Repeat("NULL, ", strings.Count(list, ",")) + "NULL"
}

func (c *checker) changes(s *chain.Statement, sc *scope) {
	if !c.table(s, sc) {
		return
	}
	table := sc.from
	if s.Kind == chain.Update {
		if len(s.All("FromSelect")) > 0 {
			return
		}
		for _, call := range s.All("From") {
			text, ok := c.flow.Text(first(call))
			if !ok {
				return
			}
			sc.from += ", " + text
			if c.judge(first(call), sc, inResult, c.ask(sc.probe(inResult, "1"))) {
				return
			}
		}
	}
	set := func(key, value ast.Expr) {
		texts, _ := c.flow.Texts(key)
		for _, t := range texts {
			c.judge(key, sc, inResult, c.ask(strings.TrimSpace(sc.with+" UPDATE "+table+" SET "+t+" = NULL")))
		}
		c.nested([]ast.Expr{value}, sc)
	}
	for _, call := range s.All("Set") {
		if len(call.Args) == 2 {
			set(call.Args[0], call.Args[1])
		}
	}
	for _, call := range s.All("SetMap") {
		c.entries(first(call), set)
	}
	for _, call := range s.All("Where") {
		c.predicate(call, sc, inWhere)
	}
	for _, call := range s.All("OrderBy") {
		c.texts(call, sc, inOrder)
	}
	for _, call := range s.All("Suffix", "SuffixExpr") {
		text, ok := c.text(call)
		if !ok {
			continue
		}
		if word, list, ok := strings.Cut(strings.TrimSpace(text), " "); ok && strings.EqualFold(word, "RETURNING") {
			own := *sc
			own.from = table
			c.refused(call.Args[0], &own, inResult, list)
		}
	}
}

// entries calls f for the keys and values that are put into a map.
func (c *checker) entries(e ast.Expr, f func(key, value ast.Expr)) {
	switch x := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		for _, elt := range x.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				f(kv.Key, kv.Value)
			}
		}
	case *ast.Ident:
		obj := c.flow.Object(x)
		for _, a := range c.flow.Assignments(obj) {
			if a.Expr != nil && !a.Each && !a.Append && a.Result == 0 {
				if lit, ok := ast.Unparen(a.Expr).(*ast.CompositeLit); ok {
					c.entries(lit, f)
				}
			} else if a.Element && a.Expr != nil {
				f(a.Index, a.Expr)
			}
		}
	}
}
