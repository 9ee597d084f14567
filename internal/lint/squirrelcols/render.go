package squirrelcols

import (
	"go/ast"
	"strings"

	"github.com/dreysql/drey/internal/lint/builder"
)

// text returns the constant text of the first argument of a call.
func (c *checker) text(call builder.Call, sc *scope) (string, bool) {
	if len(call.Args) == 0 {
		return "", false
	}
	return c.rendered(call.Args[0], sc, 0)
}

// rendered returns the text that squirrel makes of an expression, if all of it is
// constant. The text of a statement only has what its names depend on.
func (c *checker) rendered(e ast.Expr, sc *scope, depth int) (string, bool) {
	e = ast.Unparen(e)
	if t, ok := c.constant(e, sc); ok {
		return t.Text, true
	}
	if depth > 8 {
		return "", false
	}
	if sub := c.chains.Read(e, sc.bound); sub != nil {
		return c.selected(sub, depth+1)
	}
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return c.followed(e, sc, depth+1)
	}
	switch c.chains.Callee(call) {
	case "Expr":
		return c.filled(call, sc, depth+1)
	case "ConcatExpr":
		var b strings.Builder
		for _, a := range call.Args {
			text, ok := c.rendered(a, sc, depth+1)
			if !ok || call.Ellipsis.IsValid() {
				return "", false
			}
			b.WriteString(text)
		}
		return b.String(), true
	case "Alias":
		if len(call.Args) == 2 {
			text, ok := c.rendered(call.Args[0], sc, depth+1)
			name, ok2 := c.constant(call.Args[1], sc)
			return "(" + text + ") AS " + name.Text, ok && ok2
		}
	}
	return "", false
}

// followed returns the text of a variable that is an expression.
func (c *checker) followed(e ast.Expr, sc *scope, depth int) (string, bool) {
	obj := c.flow.Object(e)
	if builder.Named(c.TypesInfo.TypeOf(e)) == "" || !c.flow.Private(obj) {
		return "", false
	}
	list := c.flow.Assignments(obj)
	if len(list) != 1 || list[0].Expr == nil || list[0].Each || list[0].Append || list[0].Result > 0 {
		return "", false
	}
	return c.rendered(list[0].Expr, sc, depth)
}

// filled returns the text of an Expr. The texts of arguments replace their question
// marks.
func (c *checker) filled(call *ast.CallExpr, sc *scope, depth int) (string, bool) {
	if len(call.Args) == 0 {
		return "", false
	}
	format, ok := c.constant(call.Args[0], sc)
	if !ok {
		return "", false
	}
	var b strings.Builder
	rest, args := format.Text, call.Args[1:]
	for {
		before, after, found := strings.Cut(rest, "?")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		mark := "?"
		if len(args) > 0 {
			if c.sqlizer(args[0]) {
				text, ok := c.rendered(args[0], sc, depth)
				if !ok {
					return "", false
				}
				mark = text
			}
			args = args[1:]
		}
		b.WriteString(mark)
		rest = after
	}
}

// sqlizer reports whether a value makes a text of its own.
func (c *checker) sqlizer(e ast.Expr) bool {
	return builder.Named(c.TypesInfo.TypeOf(e)) != ""
}

// nameless reports whether a result column does not have a usable name.
func (c *checker) nameless(e ast.Expr) bool {
	return builder.Named(c.TypesInfo.TypeOf(e)) == "CaseBuilder"
}

// selected returns the text of a subquery as far as its names go.
func (c *checker) selected(s *builder.Statement, depth int) (string, bool) {
	if s.Kind != builder.Select || !s.Named {
		return "", false
	}
	sc := &scope{stmt: s, silent: true}
	before, ok := c.joined(s.All("Prefix", "PrefixExpr"), sc)
	behind, ok2 := c.joined(s.All("Suffix", "SuffixExpr"), sc)
	if strings.HasPrefix(strings.ToUpper(before), "WITH") && !strings.HasSuffix(before, "(") {
		sc.with = before
	}
	if !ok || !ok2 || !c.from(s, sc) {
		return "", false
	}
	var columns []string
	for col := range sc.all("Select", "Columns", "Column") {
		if col.Name == "Column" {
			text, ok := c.rendered(first(col), sc, depth)
			if !ok {
				return "", false
			}
			columns = append(columns, text)
			continue
		}
		c.columnNames(col, sc, func(text string) { columns = append(columns, text) })
	}
	if sc.moreAliases || len(columns) == 0 {
		return "", false
	}
	return strings.TrimSpace(before + " SELECT " + strings.Join(columns, ", ") + sc.source() + " " + behind), true
}
