package syntax_test

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// render writes an expression with parentheses around every operator.
func render(x ast.Expr) string {
	switch x := x.(type) {
	case nil:
		return ""
	case *ast.Literal:
		return x.Raw
	case *ast.BindParam:
		return x.Raw
	case *ast.QualifiedRef:
		c, _ := syntax.ColumnOf(x)
		return strings.TrimLeft(c.Schema+"."+c.Table+"."+c.Name, ".")
	case *ast.UnaryExpr:
		return fmt.Sprintf("(%s %s)", x.Op, render(x.X))
	case *ast.BinaryExpr:
		return fmt.Sprintf("(%s %s %s)", render(x.X), x.Op, render(x.Y))
	case *ast.IsExpr:
		op := "IS " + not(x.Not)
		if x.Distinct {
			op += "DISTINCT FROM "
		}
		return fmt.Sprintf("(%s %s%s)", render(x.X), op, render(x.Y))
	case *ast.LikeExpr:
		escape := ""
		if x.Escape != nil {
			escape = " ESCAPE " + render(x.Escape)
		}
		return fmt.Sprintf("(%s %s%s %s%s)", render(x.X), not(x.Not), x.Op.Raw, render(x.Y), escape)
	case *ast.NullCheckExpr:
		return fmt.Sprintf("(%s IS %sNULL)", render(x.X), not(x.Test == ast.TestNotNull))
	case *ast.BetweenExpr:
		return fmt.Sprintf("(%s %sBETWEEN %s AND %s)", render(x.X), not(x.Not), render(x.Lo), render(x.Hi))
	case *ast.InExpr:
		if x.Select != nil || x.Table != nil {
			return fmt.Sprintf("(%s %sIN …)", render(x.X), not(x.Not))
		}
		return fmt.Sprintf("(%s %sIN (%s))", render(x.X), not(x.Not), renderAll(x.List))
	case *ast.VectorExpr:
		return "(" + renderAll(x.List) + ")"
	case *ast.SubqueryExpr:
		return "(SELECT …)"
	case *ast.ExistsExpr:
		return "EXISTS (SELECT …)"
	case *ast.CaseExpr:
		s := "CASE " + render(x.Operand)
		for _, w := range x.Whens {
			s += " WHEN " + render(w.When) + " THEN " + render(w.Then)
		}
		if x.Else != nil {
			s += " ELSE " + render(x.Else)
		}
		return s + " END"
	case *ast.CastExpr:
		return "CAST(" + render(x.X) + " AS " + syntax.Type(x.Type) + ")"
	case *ast.CollateExpr:
		return "(" + render(x.X) + " COLLATE " + x.Name.Name + ")"
	case *ast.FuncCall:
		name := x.Name.Name
		if x.Star {
			return name + "(*)"
		}
		return name + "(" + renderAll(x.Args) + ")"
	}
	panic(fmt.Sprintf("unknown expression %T", x))
}

func renderAll(list []ast.Expr) string {
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
