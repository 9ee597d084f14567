package verify

import (
	"fmt"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// habitats are the places in which sqlc looks for no parameters. Each fix is
// tried with sqlc in the tests.
var habitats = []struct {
	where string
	is    func(c syntax.Clause, path []ast.Expr) bool
	fix   func(p *param, typ string) string
}{
	{"FILTER", inFilter, func(*param, string) string {
		return "write the condition into the aggregate: count(CASE WHEN … THEN 1 END), sum(CASE WHEN … THEN x ELSE 0 END)"
	}},
	{"ESCAPE, into which it reads what follows", nearEscape, func(*param, string) string {
		return `put LIKE into parentheses, with the escape character itself: (x LIKE ? ESCAPE '\') AND …`
	}},
	{"DO UPDATE SET", is(syntax.UpsertSet), func(*param, string) string {
		return "take the value from the row that was to be inserted: SET x = excluded.x"
	}},
	{"DO UPDATE … WHERE", is(syntax.UpsertWhere), func(*param, string) string {
		return "compare with the row that was to be inserted: WHERE t.x <> excluded.x"
	}},
	{"SET (a, b) = (…)", inRowAssignment, func(*param, string) string { return "assign one by one: SET a = …, b = …" }},
	{"HAVING without WHERE", is(syntax.HavingClause), func(p *param, typ string) string {
		return fmt.Sprintf("add WHERE true before GROUP BY, and write CAST(%s AS %s)", p.text, typ)
	}},
	{"LIMIT n, m", is(syntax.LimitClause), func(*param, string) string { return "write LIMIT count OFFSET start" }},
	{"ORDER BY", is(syntax.OrderByClause), withFix},
	{"OVER (…)", inWindow, withFix},
	{"x IN (…) where x is no plain column", inList, func(p *param, typ string) string {
		if p.kind == slice {
			return fmt.Sprintf("write IN (SELECT value FROM json_each(CAST(@%s AS TEXT))) and pass the list as JSON", p.name)
		}
		return fmt.Sprintf("write CAST(%s AS %s)", p.text, typ)
	}},
	{"the left side of IN", leftOfIn, func(p *param, _ string) string {
		return fmt.Sprintf("write %[1]s = a OR %[1]s = b", p.text)
	}},
	{"BETWEEN, into which it reads what stands before it", nearBetween, func(p *param, typ string) string {
		return fmt.Sprintf("put BETWEEN into parentheses, as in AND (x BETWEEN … AND …); if x is no plain column, write CAST(%s AS %s) too", p.text, typ)
	}},
}

// withFix moves the parameter to a place where sqlc looks for one.
func withFix(p *param, typ string) string {
	name := p.name
	if p.kind == bare || p.kind == numbered {
		name = "x"
	}
	return fmt.Sprintf("begin the query with WITH p AS (SELECT CAST(@%[1]s AS %[2]s) AS %[1]s)\nand write (SELECT p.%[1]s FROM p) here", name, typ)
}

func is(clause syntax.Clause) func(syntax.Clause, []ast.Expr) bool {
	return func(c syntax.Clause, _ []ast.Expr) bool { return c == clause }
}

func inFilter(_ syntax.Clause, path []ast.Expr) bool {
	return inside(path, func(x, child ast.Expr) bool {
		call, ok := x.(*ast.FuncCall)
		return ok && call.Filter == child
	})
}

func inList(_ syntax.Clause, path []ast.Expr) bool {
	return inside(path, func(x, child ast.Expr) bool {
		in, ok := x.(*ast.InExpr)
		if !ok || in.X == child {
			return false
		}
		_, plain := in.X.(*ast.QualifiedRef)
		return !plain
	})
}

func leftOfIn(_ syntax.Clause, path []ast.Expr) bool {
	return inside(path, func(x, child ast.Expr) bool {
		in, ok := x.(*ast.InExpr)
		return ok && in.X == child
	})
}

// nearBetween: there is a BETWEEN in the same condition.
func nearBetween(_ syntax.Clause, path []ast.Expr) bool {
	found := false
	syntax.Walk(path[0], func(x ast.Expr) bool {
		_, ok := x.(*ast.BetweenExpr)
		found = found || ok
		return !found
	})
	return found
}

// nearEscape: there is a LIKE with ESCAPE in the same condition.
func nearEscape(_ syntax.Clause, path []ast.Expr) bool {
	found := false
	syntax.Walk(path[0], func(x ast.Expr) bool {
		l, ok := x.(*ast.LikeExpr)
		found = found || ok && l.Escape != nil
		return !found
	})
	return found
}

func inRowAssignment(c syntax.Clause, path []ast.Expr) bool {
	_, row := path[0].(*ast.VectorExpr)
	return c == syntax.SetClause && row
}

func inWindow(c syntax.Clause, path []ast.Expr) bool {
	return c == syntax.WindowClause || inside(path, func(x, child ast.Expr) bool {
		call, ok := x.(*ast.FuncCall)
		if !ok || call.Over == nil {
			return false
		}
		for _, part := range syntax.WindowExprs(call.Over) {
			if part == child {
				return true
			}
		}
		return false
	})
}

// inside reports whether a step of the path is as asked for.
func inside(path []ast.Expr, is func(x, child ast.Expr) bool) bool {
	for i := range len(path) - 1 {
		if is(path[i], path[i+1]) {
			return true
		}
	}
	return false
}
