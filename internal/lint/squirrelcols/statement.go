package squirrelcols

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/dreysql/drey/internal/lint/chain"
	"github.com/dreysql/drey/internal/sqltext"
)

// statement checks a statement, inside the scope of another or of none.
func (c *checker) statement(s *chain.Statement, outer *scope) {
	if !s.Known || len(s.Calls) == 0 {
		return
	}
	sc := &scope{outer: outer, otherDialect: c.other || s.OtherDialect || outer != nil && outer.otherDialect, branches: s.Branches() || outer != nil && outer.branches}
	if outer != nil {
		sc.closed = outer.closed
	} else {
		sc.closed = s.Use == chain.Run || s.Use == chain.Text && !c.embedded(s)
	}
	if !c.prefixes(s, sc) {
		return
	}
	switch s.Kind {
	case chain.Select:
		c.selects(s, sc)
	case chain.Insert:
		c.inserts(s, sc)
	case chain.Update, chain.Delete:
		c.changes(s, sc)
	}
}

// embedded reports whether the text of a statement is put into another text.
func (c *checker) embedded(s *chain.Statement) bool {
	assign, ok := c.chains.Parent(s.Node).(*ast.AssignStmt)
	if !ok {
		return true
	}
	obj := c.flow.Object(assign.Lhs[0])
	found := false
	ast.Inspect(s.File, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || c.TypesInfo.Uses[id] != obj || obj == nil {
			return !found
		}
		switch p := c.chains.Parent(id).(type) {
		case *ast.BinaryExpr:
			found = true
		case *ast.AssignStmt:
			for _, r := range p.Rhs {
				found = found || r == id
			}
		case *ast.CallExpr:
			if tv := c.TypesInfo.Types[p.Fun]; tv.IsType() || c.chains.Callee(p) != "" {
				found = true
			} else if sel, ok := p.Fun.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok {
					if name, ok := c.TypesInfo.Uses[pkg].(*types.PkgName); ok {
						path := name.Imported().Path()
						found = found || path == "fmt" || path == "strings"
					}
				}
			}
		}
		return !found
	})
	return found
}

// prefixes reads the WITH clause. It reports whether all of it is known.
func (c *checker) prefixes(s *chain.Statement, sc *scope) bool {
	for _, call := range s.All("Prefix", "PrefixExpr") {
		text, ok := c.text(call)
		if !ok {
			return false
		}
		if sc.with != "" {
			sc.with += " "
		}
		sc.with += text
	}
	if sc.with == "" {
		return true
	}
	if !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(sc.with)), "WITH") {
		return false
	}
	prefix := s.All("Prefix", "PrefixExpr")[0]
	return len(prefix.Args) > 0 && !c.judge(prefix.Args[0], sc, inResult, c.ask(sc.within("SELECT 1")))
}

// text is the constant text of the first argument of a call, also inside an Expr.
func (c *checker) text(call chain.Call) (string, bool) {
	if len(call.Args) == 0 {
		return "", false
	}
	e := ast.Unparen(call.Args[0])
	if inner, ok := e.(*ast.CallExpr); ok && c.chains.Callee(inner) == "Expr" && len(inner.Args) > 0 {
		e = inner.Args[0]
	}
	return c.flow.Text(e)
}

// refused reports what is wrong with a text in a clause.
func (c *checker) refused(n ast.Node, sc *scope, cl clause, text string) bool {
	sc.text = text
	return c.judge(n, sc, cl, c.ask(sc.probe(cl, text)))
}

func (c *checker) selects(s *chain.Statement, sc *scope) {
	if !c.from(s, sc) {
		return
	}
	columns := s.All("Select", "Columns", "Column")
	for _, call := range columns {
		c.names(call, sc, func(text string) { sc.aliases = append(sc.aliases, aliases(text)...) })
	}
	for _, call := range columns {
		if call.Name == "Column" {
			c.expression(first(call), sc, inResult)
			c.nested(rest(call), sc)
			continue
		}
		c.texts(call, sc, inResult)
	}
	for _, call := range s.All("Where") {
		c.predicate(call, sc, inWhere)
	}
	for _, call := range s.All("GroupBy") {
		c.texts(call, sc, inGroup)
	}
	for _, call := range s.All("Having") {
		c.predicate(call, sc, inHaving)
	}
	for _, call := range s.All("OrderBy") {
		c.texts(call, sc, inOrder)
	}
	for _, call := range s.All("OrderByClause") {
		c.expression(first(call), sc, inOrder)
	}
	for _, call := range s.All("Suffix", "SuffixExpr") {
		if text, ok := c.text(call); ok {
			c.refused(call.Args[0], sc, behind, text)
		}
	}
}

// names calls f for the constant texts of result columns, and notes whether
// there are others.
func (c *checker) names(call chain.Call, sc *scope, f func(text string)) {
	if call.Name == "Column" {
		e := ast.Unparen(first(call))
		if inner, ok := e.(*ast.CallExpr); ok && c.chains.Callee(inner) == "Alias" && len(inner.Args) == 2 {
			e = inner.Args[1]
		}
		if texts, ok := c.flow.Texts(e); ok {
			for _, t := range texts {
				f(t)
			}
		} else if text, ok := c.text(call); ok {
			f(text)
		} else {
			sc.moreAliases = true
		}
		return
	}
	for i, a := range call.Args {
		if call.Ellipsis.IsValid() && i == len(call.Args)-1 {
			list, ok := c.flow.Elements(a)
			for _, t := range list {
				f(t)
			}
			sc.moreAliases = sc.moreAliases || !ok
			continue
		}
		texts, ok := c.flow.Texts(a)
		for _, t := range texts {
			f(t)
		}
		sc.moreAliases = sc.moreAliases || !ok
	}
}

// texts checks the constant arguments of a call that takes names.
func (c *checker) texts(call chain.Call, sc *scope, cl clause) {
	for i, a := range call.Args {
		var texts []string
		if call.Ellipsis.IsValid() && i == len(call.Args)-1 {
			texts, _ = c.flow.Elements(a)
		} else {
			texts, _ = c.flow.Texts(a)
		}
		for _, t := range texts {
			c.refused(a, sc, cl, t)
		}
	}
}

func first(call chain.Call) ast.Expr {
	if len(call.Args) == 0 {
		return &ast.BadExpr{From: call.Pos(), To: call.End()}
	}
	return call.Args[0]
}

func rest(call chain.Call) []ast.Expr {
	if len(call.Args) == 0 {
		return nil
	}
	return call.Args[1:]
}

// from reads FROM and the joins. It reports whether they are known and right.
func (c *checker) from(s *chain.Statement, sc *scope) bool {
	froms := s.All("From", "FromSelect")
	if len(froms) == 0 {
		return len(s.All(joins...)) == 0
	}
	if len(froms) > 1 {
		return false
	}
	call := froms[0]
	if call.Name == "FromSelect" {
		text, ok := c.derived(call, sc)
		if !ok {
			return false
		}
		sc.from = text
	} else {
		text, ok := c.flow.Text(first(call))
		if !ok {
			return false
		}
		sc.from = text
	}
	if c.judge(first(call), sc, inResult, c.ask(sc.probe(inResult, "1"))) {
		return false
	}
	for _, call := range s.All(joins...) {
		text, ok := c.flow.Text(first(call))
		if !ok {
			return false
		}
		word := "JOIN "
		switch call.Name {
		case "JoinClause":
			word = ""
		case "Join":
		default:
			word = strings.ToUpper(strings.TrimSuffix(call.Name, "Join")) + " JOIN "
		}
		whole := *sc
		whole.from += " " + word + text
		if err := c.ask(whole.probe(inResult, "1")); err != nil {
			// The names in what it joins on may be wrong, while the join is right.
			sc.from += " " + word + joined(text)
			alone := c.ask(sc.probe(inResult, "1"))
			c.judge(first(call), sc, inResult, err)
			if alone != nil {
				return false
			}
		} else {
			sc.from = whole.from
		}
		c.nested(rest(call), sc)
	}
	return true
}

// joined is a join without what it joins on.
func joined(text string) string {
	depth := 0
	for _, t := range sqltext.Significant(text) {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		case depth == 0 && (t.Is("ON") || t.Is("USING")):
			return text[:t.Start]
		}
	}
	return text
}

var joins = []string{"Join", "LeftJoin", "RightJoin", "InnerJoin", "CrossJoin", "JoinClause"}

// derived is the text of a subquery in a FROM clause.
func (c *checker) derived(call chain.Call, sc *scope) (string, bool) {
	if len(call.Args) != 2 {
		return "", false
	}
	sub := c.chains.Read(call.Args[0])
	alias, ok := c.flow.Text(call.Args[1])
	if sub == nil || !ok || !sub.Known {
		return "", false
	}
	inner := *sub
	inner.Use = chain.Run
	c.statement(&inner, nil)
	var with, from scope
	if !c.prefixes(&inner, &with) || !c.from(&inner, &from) {
		return "", false
	}
	var columns []string
	for _, col := range inner.All("Select", "Columns", "Column") {
		c.names(col, &from, func(text string) { columns = append(columns, text) })
	}
	if from.moreAliases || len(columns) == 0 {
		return "", false
	}
	text := "(" + with.with + " SELECT " + strings.Join(columns, ", ") + from.source() + ") AS " + alias
	return text, c.ask("SELECT 1 FROM "+text) == nil
}
