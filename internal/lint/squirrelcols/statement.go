package squirrelcols

import (
	"go/ast"
	"regexp"
	"strings"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/fragment"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// statement checks a statement, inside the scope of another or on its own.
func (c *checker) statement(s *builder.Statement, outer *scope) {
	c.visited[s.Node] = true
	if !s.Named && !s.Partly || len(s.Calls) == 0 {
		return
	}
	sc := &scope{stmt: s, outer: outer, otherDialect: outer != nil && outer.otherDialect || c.foreign(s), branches: s.Branches() || outer != nil && outer.branches}
	if outer != nil {
		sc.closed = outer.closed && s.Named
	} else {
		sc.embedded = s.Named && s.Use == builder.Text && c.chains.Embedded(s)
		sc.closed = s.Named && (s.Closed || s.Use == builder.Text && !sc.embedded)
	}
	if !c.prefixes(s, sc) {
		return
	}
	switch s.Kind {
	case builder.Select:
		c.selects(s, sc)
	case builder.Insert:
		c.inserts(s, sc)
	case builder.Update, builder.Delete:
		c.changes(s, sc)
	}
}

// prefixes reads the WITH clause. It reports whether all of it is known.
func (c *checker) prefixes(s *builder.Statement, sc *scope) bool {
	list := s.All("Prefix", "PrefixExpr")
	with, ok := c.joined(list, sc)
	if !ok {
		return false
	}
	if sc.with = with; with == "" {
		return true
	}
	if after, ok := c.joined(s.All("Suffix"), sc); ok && strings.HasSuffix(strings.TrimSpace(with), "(") && strings.HasPrefix(strings.TrimSpace(after), ")") {
		sc.with, sc.wrapped = "", true // as in SELECT EXISTS ( and )
		return true
	}
	if !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(with)), "WITH") {
		return false
	}
	err := c.ask(sc.within("SELECT 1"))
	return !c.judge(c.blamed(firsts(list), sc, err), sc, inResult, err)
}

// window matches the beginning of window definitions, which result columns can use.
var window = regexp.MustCompile(`(?i)^\s*WINDOW\s`)

// joined returns the texts of several calls, one after another.
func (c *checker) joined(list []builder.Call, sc *scope) (string, bool) {
	var texts []string
	for _, call := range list {
		sc.at(call)
		text, ok := c.text(call, sc)
		if !ok {
			return "", false
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " "), true
}

// blamed returns the part of a call's arguments with the name that a message ends
// in, or the first argument.
func (c *checker) blamed(args []ast.Expr, sc *scope, err *sqlite.Error) ast.Node {
	if err != nil {
		name := policy.Named(err.Msg)
		if at := c.naming(args, sc, name); at != nil {
			return at
		}
	}
	return args[0]
}

// naming returns the constant that contains a name, or nil.
func (c *checker) naming(args []ast.Expr, sc *scope, name string) ast.Expr {
	for _, a := range args {
		if t, ok := c.constant(a, sc); ok {
			for _, word := range sqltext.Significant(t.Text) {
				if word.Ident() && sqltext.EqualFold(word.Name(), name) {
					return t.At
				}
			}
		} else if call, ok := ast.Unparen(a).(*ast.CallExpr); ok && c.chains.Callee(call) != "" {
			if at := c.naming(call.Args, sc, name); at != nil {
				return at
			}
		}
	}
	return nil
}

// firsts returns the first arguments of some calls.
func firsts(list []builder.Call) (args []ast.Expr) {
	for _, call := range list {
		args = append(args, first(call))
	}
	return args
}

// suffixes checks what comes after a statement, in one piece: several calls may
// make one clause.
func (c *checker) suffixes(s *builder.Statement, sc *scope, ask func(text string) *sqlite.Error) {
	list := s.All("Suffix", "SuffixExpr")
	for call := range sc.all("Suffix", "SuffixExpr") {
		c.expressions(first(call), sc.alone())
	}
	if text, ok := c.joined(list, sc); ok && len(list) > 0 && !sc.wrapped {
		err := ask(text)
		c.judge(c.blamed(firsts(list), sc, err), sc, behind, err)
	}
}

// expressions checks the statements in an expression that stands alone.
func (c *checker) expressions(e ast.Expr, sc *scope) {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && (c.chains.Callee(call) == "Expr" || c.chains.Callee(call) == "ConcatExpr") {
		for _, a := range call.Args {
			c.expressions(a, sc)
		}
		return
	}
	c.nested([]ast.Expr{e}, sc)
}

// refused reports what is wrong with a text in a clause.
func (c *checker) refused(n ast.Node, sc *scope, cl clause, text string) bool {
	refused := false
	for range mostRefused {
		sc.text = text
		err := c.ask(sc.probe(cl, text))
		if err == nil {
			break
		}
		refused = true
		c.judge(n, sc, cl, err)
		rest, ok := policy.Without(text, err.Msg)
		if !ok {
			break
		}
		text = rest
	}
	return refused
}

// mostRefused is how many columns of one text are reported at most.
const mostRefused = 16

func (c *checker) selects(s *builder.Statement, sc *scope) {
	if !c.from(s, sc) || sc.from == "" && !s.Named {
		return
	}
	if text, ok := c.joined(s.All("Suffix", "SuffixExpr"), sc); ok && window.MatchString(text) {
		sc.windows = text
	}
	for call := range sc.all("Select", "Columns", "Column") {
		c.columnNames(call, sc, func(text string) {
			sc.aliases = append(sc.aliases, aliases(text, c.ask(sc.probe(inResult, text)) != nil)...)
		})
	}
	for call := range sc.all("Select", "Columns", "Column") {
		if call.Name == "Column" {
			c.expression(first(call), sc, inResult)
			c.nested(rest(call), sc)
			continue
		}
		c.texts(call, sc, inResult)
	}
	for call := range sc.all("Where") {
		c.predicate(call, sc, inWhere)
	}
	for call := range sc.all("GroupBy") {
		c.texts(call, sc, inGroup)
	}
	for call := range sc.all("Having") {
		c.predicate(call, sc, inHaving)
	}
	for call := range sc.all("OrderBy") {
		c.texts(call, sc, inOrder)
	}
	for call := range sc.all("OrderByClause") {
		c.expression(first(call), sc, inOrder)
	}
	c.suffixes(s, sc, func(text string) *sqlite.Error {
		sc.text = text
		return c.ask(sc.probe(behind, text))
	})
}

// columnNames calls f for the constant texts of result columns, and notes whether
// there are others.
func (c *checker) columnNames(call builder.Call, sc *scope, f func(text string)) {
	if call.Name == "Column" {
		e, before := ast.Unparen(first(call)), ""
		if inner, ok := e.(*ast.CallExpr); ok && c.chains.Callee(inner) == "Alias" && len(inner.Args) == 2 {
			e, before = inner.Args[1], "NULL AS "
		}
		if list, ok := c.flow.Constants(e, sc.bound); ok {
			for _, t := range list {
				f(before + t.Text)
			}
		} else if text, ok := c.rendered(e, sc, 0); ok {
			f(text)
		} else if !c.nameless(e) {
			sc.moreAliases = true
		}
		return
	}
	c.each(call, sc, func(t dataflow.Constant) { f(t.Text) }, func() { sc.moreAliases = true })
}

// each calls f for the constant arguments of a call that takes names, and other if
// there may be more.
func (c *checker) each(call builder.Call, sc *scope, f func(dataflow.Constant), other func()) {
	for i, a := range call.Args {
		read := c.flow.Constants
		if call.Ellipsis.IsValid() && i == len(call.Args)-1 {
			read = c.flow.Members
		}
		list, ok := read(a, sc.bound)
		for _, t := range list {
			f(t)
		}
		if !ok {
			other()
		}
	}
}

// texts checks the constant arguments of a call that takes names.
func (c *checker) texts(call builder.Call, sc *scope, cl clause) {
	c.each(call, sc, func(t dataflow.Constant) { c.refused(t.At, sc, cl, t.Text) }, func() {})
	for i, a := range call.Args {
		list := []ast.Expr{a}
		if call.Ellipsis.IsValid() && i == len(call.Args)-1 {
			list = c.elements(a)
		}
		for _, e := range list {
			if _, ok := c.flow.Constants(e, sc.bound); !ok {
				c.partly(e, sc, cl)
			}
		}
	}
}

// elements lists the expressions that are put into a slice.
func (c *checker) elements(e ast.Expr) (list []ast.Expr) {
	switch x := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return x.Elts
	case *ast.Ident:
		for _, a := range c.flow.Assignments(c.flow.Object(x)) {
			switch call, ok := a.Expr.(*ast.CallExpr); {
			case a.Expr == nil:
			case a.Element:
				list = append(list, a.Expr)
			case ok && !call.Ellipsis.IsValid() && len(call.Args) > 0:
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "append" {
					list = append(list, call.Args[1:]...)
				}
			}
		}
	}
	return list
}

func first(call builder.Call) ast.Expr {
	if len(call.Args) == 0 {
		return &ast.BadExpr{From: call.Pos(), To: call.End()}
	}
	return call.Args[0]
}

func rest(call builder.Call) []ast.Expr {
	if len(call.Args) == 0 {
		return nil
	}
	return call.Args[1:]
}

// from reads FROM and the joins. It reports whether they are known and right.
func (c *checker) from(s *builder.Statement, sc *scope) bool {
	froms := s.All("From", "FromSelect")
	if len(froms) == 0 {
		return len(s.All(joins...)) == 0
	}
	if len(froms) > 1 {
		return false
	}
	call := froms[0]
	sc.at(call)
	at := ast.Node(first(call))
	if call.Name == "FromSelect" {
		text, ok := c.derived(call, sc)
		if !ok {
			return false
		}
		sc.from = text
	} else {
		t, ok := c.constant(first(call), sc)
		if !ok {
			return false
		}
		sc.from, at = t.Text, t.At
	}
	if c.judge(at, sc, inResult, c.ask(sc.probe(inResult, "1"))) {
		return false
	}
	for call := range sc.all(joins...) {
		text, ok := c.text(call, sc)
		var t fragment.Text
		if !ok {
			// Values in its condition do not matter.
			t, ok = fragment.Read(c.flow, first(call), sc.bound, "SELECT 1 FROM t JOIN ")
			if !ok || t.Open {
				return false
			}
			text = t.SQL
		}
		at := ast.Node(first(call))
		if t, ok := c.constant(first(call), sc); ok {
			at = t.At
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
			if x := t.Naming(policy.Named(err.Msg)); x != nil {
				at = x
			}
			// The names in the join's condition may be wrong while the join is right.
			sc.from += " " + word + joined(text)
			alone := c.ask(sc.probe(inResult, "1"))
			c.judge(at, sc, inResult, err)
			if alone != nil {
				return false
			}
		} else {
			sc.from = whole.from
		}
		c.expressions(first(call), sc.alone())
		c.nested(rest(call), sc)
	}
	return true
}

// constant returns the one constant that an expression has.
func (c *checker) constant(e ast.Expr, sc *scope) (dataflow.Constant, bool) {
	list, ok := c.flow.Constants(e, sc.bound)
	if !ok || len(list) != 1 {
		return dataflow.Constant{}, false
	}
	return list[0], true
}

// joined returns a join without its condition.
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

// derived returns the text of a subquery in a FROM clause.
func (c *checker) derived(call builder.Call, sc *scope) (string, bool) {
	if len(call.Args) != 2 {
		return "", false
	}
	sub := c.chains.Read(call.Args[0], sc.bound)
	alias, ok := c.constant(call.Args[1], sc)
	if sub == nil || !ok || !sub.Named {
		return "", false
	}
	inner := *sub
	inner.Use, inner.OtherDialect = sc.stmt.Use, sc.otherDialect
	c.statement(&inner, nil)
	text, ok := c.selected(sub, 0)
	text = "(" + text + ") AS " + alias.Text
	return text, ok && c.ask("SELECT 1 FROM "+text) == nil
}
