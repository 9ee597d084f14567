package v131

import (
	"fmt"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Unseen names the place of a parameter where sqlc does not look for parameters,
// and says what to write instead. where is "" if the place is not a known one.
func Unseen(q *Query, p *query.Param) (where, fix string) {
	where, fix = q.habitat(p)
	if where == "" {
		fix = withFix(p, q.TypeOf(p))
	}
	if strings.Contains(fix, "WITH p AS") { // sqlc finds no argument for a list after that
		for _, other := range q.Params {
			if other.Kind == query.Slice {
				fix += "; and pass the list as JSON:\n" + fmt.Sprintf("IN (SELECT value FROM json_each(CAST(@%s AS TEXT)))", other.Name)
				break
			}
		}
	}
	if number := q.byNumber(p, where); number != "" {
		fix += "\nor " + number
	}
	return where, fix
}

// habitat finds the place, or "" if it is not a known one.
func (q *Query) habitat(p *query.Param) (where, fix string) {
	syntax.Visit(q.Tree, func(c syntax.Clause, root ast.Expr) {
		q.pathTo(root, p, func(path []ast.Expr) {
			for _, h := range habitats {
				if h.is(c, path) {
					where, fix = h.where, h.fix(p, q.TypeOf(p))
					return
				}
			}
		})
	})
	return where, fix
}

// habitats are the places where sqlc does not look for parameters. The tests try
// each fix with sqlc.
var habitats = []struct {
	where string
	is    func(c syntax.Clause, path []ast.Expr) bool
	fix   func(p *query.Param, typ string) string
}{
	{"FILTER", inFilter, func(*query.Param, string) string {
		return "write the condition into the aggregate: count(CASE WHEN … THEN 1 END), sum(CASE WHEN … THEN x ELSE 0 END)"
	}},
	{"ESCAPE, into which it reads what follows", nearEscape, func(*query.Param, string) string {
		return `put LIKE into parentheses, with the escape character itself: (x LIKE ? ESCAPE '\') AND …`
	}},
	{"DO UPDATE SET", is(syntax.UpsertSet), func(*query.Param, string) string {
		return "take the value from the row that was to be inserted: SET x = excluded.x"
	}},
	{"DO UPDATE … WHERE", is(syntax.UpsertWhere), func(*query.Param, string) string {
		return "compare with the row that was to be inserted: WHERE t.x <> excluded.x"
	}},
	{"SET (a, b) = (…)", inRowAssignment, func(*query.Param, string) string { return "assign one by one: SET a = …, b = …" }},
	{"HAVING without WHERE", is(syntax.HavingClause), func(p *query.Param, typ string) string {
		return fmt.Sprintf("add WHERE true before GROUP BY, and write CAST(%s AS %s)", p.Text, typ)
	}},
	{"LIMIT n, m", is(syntax.LimitClause), func(*query.Param, string) string { return "write LIMIT count OFFSET start" }},
	{"ORDER BY", is(syntax.OrderByClause), withFix},
	{"OVER (…)", inWindow, withFix},
	{"x IN (…) where x is no plain column", inList, func(p *query.Param, typ string) string {
		if p.Kind == query.Slice {
			return fmt.Sprintf("write IN (SELECT value FROM json_each(CAST(@%s AS TEXT))) and pass the list as JSON", p.Name)
		}
		return fmt.Sprintf("write CAST(%s AS %s)", p.Text, typ)
	}},
	{"the left side of IN", leftOfIn, func(p *query.Param, _ string) string {
		return fmt.Sprintf("write %[1]s = a OR %[1]s = b", p.Text)
	}},
	{"BETWEEN, into which it reads what stands before it", nearBetween, func(p *query.Param, typ string) string {
		return fmt.Sprintf("put BETWEEN into parentheses, as in AND (x BETWEEN … AND …); if x is no plain column, write CAST(%s AS %s) too", p.Text, typ)
	}},
}

// withFix moves the parameter to a place where sqlc looks for one.
func withFix(p *query.Param, typ string) string {
	name := p.Name
	if p.Kind == query.Bare || p.Kind == query.Numbered {
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

// inside reports whether a step of the path satisfies is.
func inside(path []ast.Expr, is func(x, child ast.Expr) bool) bool {
	for i := range len(path) - 1 {
		if is(path[i], path[i+1]) {
			return true
		}
	}
	return false
}

// byNumber says how to have a named parameter where sqlc does not look: declare it
// where sqlc looks, and refer to it by its number, which sqlc leaves unchanged.
func (q *Query) byNumber(p *query.Param, where string) string {
	if p.Kind != query.Named && p.Kind != query.Bare {
		return ""
	}
	name, number := p.Name, 0 // of named parameters before it
	seen := map[string]bool{}
	for _, other := range q.Params {
		if other == p {
			break
		}
		switch {
		case other.Kind == query.Bare:
			number++
		case other.Kind == query.Named && !seen[other.Name]:
			seen[other.Name] = true
			number++
			if p.Kind == query.Named && other.Name == name {
				return fmt.Sprintf("write ?%d for it: the parameter number %d, counted by names from the beginning, is %s", number, number, other.Text)
			}
		}
	}
	if !strings.HasPrefix(where, "DO UPDATE") {
		return ""
	}
	naming := ""
	if p.Kind == query.Bare {
		name, naming = "x", "name all parameters, "
	}
	return fmt.Sprintf("%[4]shave it read before, INSERT … SELECT … FROM (SELECT CAST(@%[1]s AS %[2]s) AS %[1]s) WHERE true ON CONFLICT …,\nand write its number, counted by names from the beginning: ?%[3]d",
		name, q.TypeOf(p), number+1, naming)
}

// pathTo calls found with the expressions from the root to the parameter.
func (q *Query) pathTo(root ast.Expr, p *query.Param, found func(path []ast.Expr)) {
	var path []ast.Expr
	var descend func(x ast.Expr)
	descend = func(x ast.Expr) {
		if x == nil {
			return
		}
		path = append(path, x)
		if v, ok := x.(*ast.BindParam); ok && q.Plain.Origin(v.Start) == p.Start {
			found(path)
		}
		for _, c := range syntax.Children(x) {
			descend(c)
		}
		path = path[:len(path)-1]
	}
	descend(root)
}
