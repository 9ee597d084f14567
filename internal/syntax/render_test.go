package syntax_test

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/syntax"
)

// render writes an expression with parentheses around every operator.
func render(x syntax.Expr) string {
	switch x := x.(type) {
	case nil:
		return ""
	case *syntax.Literal:
		return x.Text
	case *syntax.Variable:
		return x.Text
	case *syntax.Column:
		return strings.TrimLeft(x.Schema+"."+x.Table+"."+x.Name, ".")
	case *syntax.Unary:
		return fmt.Sprintf("(%s %s)", x.Op, render(x.X))
	case *syntax.Binary:
		return fmt.Sprintf("(%s %s %s)", render(x.L), x.Op, render(x.R))
	case *syntax.Like:
		escape := ""
		if x.Escape != nil {
			escape = " ESCAPE " + render(x.Escape)
		}
		return fmt.Sprintf("(%s %s%s %s%s)", render(x.X), not(x.Not), x.Op, render(x.Pattern), escape)
	case *syntax.NullTest:
		return fmt.Sprintf("(%s IS %sNULL)", render(x.X), not(x.Not))
	case *syntax.Between:
		return fmt.Sprintf("(%s %sBETWEEN %s AND %s)", render(x.X), not(x.Not), render(x.Lo), render(x.Hi))
	case *syntax.In:
		if x.Select != nil || x.Table != nil {
			return fmt.Sprintf("(%s %sIN …)", render(x.X), not(x.Not))
		}
		return fmt.Sprintf("(%s %sIN (%s))", render(x.X), not(x.Not), renderAll(x.List))
	case *syntax.Row:
		return "(" + renderAll(x.Items) + ")"
	case *syntax.Subquery:
		return "(SELECT …)"
	case *syntax.Exists:
		return "EXISTS (SELECT …)"
	case *syntax.Case:
		s := "CASE " + render(x.Operand)
		for _, w := range x.Whens {
			s += " WHEN " + render(w.Cond) + " THEN " + render(w.Result)
		}
		if x.Else != nil {
			s += " ELSE " + render(x.Else)
		}
		return s + " END"
	case *syntax.Cast:
		return "CAST(" + render(x.X) + " AS " + x.Type + ")"
	case *syntax.Collate:
		return "(" + render(x.X) + " COLLATE " + x.Name + ")"
	case *syntax.Call:
		name := strings.TrimLeft(x.Schema+"."+x.Name, ".")
		if x.Star {
			return name + "(*)"
		}
		return name + "(" + renderAll(x.Args) + ")"
	}
	panic(fmt.Sprintf("unknown expression %T", x))
}

func renderAll(list []syntax.Expr) string {
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = render(x)
	}
	return strings.Join(texts, ", ")
}

func not(is bool) string {
	if is {
		return "NOT "
	}
	return ""
}
