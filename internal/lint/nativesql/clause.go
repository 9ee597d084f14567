package nativesql

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/lint/chain"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/syntax"
)

// clause is a method of squirrel's builders that takes SQL as text.
type clause struct {
	before  string // of a SELECT that the text completes
	all     bool   // every argument is a text
	dynamic bool   // a text that is not constant is for this analyzer to report
}

// clauses are the methods whose texts are judged. Texts of names that are not
// constant are squirreltraps'.
var clauses = map[string]clause{
	"Where":         {before: "SELECT 1 WHERE ", dynamic: true},
	"Having":        {before: "SELECT 1 WHERE ", dynamic: true},
	"Column":        {before: "SELECT ", dynamic: true},
	"OrderByClause": {before: "SELECT 1 ORDER BY ", dynamic: true},
	"JoinClause":    {before: "SELECT 1 FROM t ", dynamic: true},
	"Select":        {before: "SELECT ", all: true},
	"Columns":       {before: "SELECT ", all: true},
	"GroupBy":       {before: "SELECT 1 FROM t GROUP BY ", all: true},
	"OrderBy":       {before: "SELECT 1 ORDER BY ", all: true},
	"From":          {before: "SELECT 1 FROM "},
	"Join":          {before: "SELECT 1 FROM t JOIN "},
	"LeftJoin":      {before: "SELECT 1 FROM t JOIN "},
	"RightJoin":     {before: "SELECT 1 FROM t JOIN "},
	"InnerJoin":     {before: "SELECT 1 FROM t JOIN "},
	"CrossJoin":     {before: "SELECT 1 FROM t JOIN "},
	"Prefix":        {before: "SELECT 1 "},
	"Suffix":        {before: "DELETE FROM t "},
	"ConcatExpr":    {before: "SELECT ", all: true, dynamic: true},
	"Case":          {before: "SELECT ", all: true, dynamic: true},
	"When":          {before: "SELECT ", all: true, dynamic: true},
	"Else":          {before: "SELECT ", all: true, dynamic: true},
	"Set":           {before: "SELECT "},
}

func (c *checker) clause(method string) {
	cl, ok := clauses[method]
	if !ok {
		return
	}
	args := c.call.Args
	if !cl.all {
		args = args[:min(1, len(args))]
	}
	for _, a := range args {
		if !isText(c.pass.TypesInfo.TypeOf(a)) {
			continue
		}
		if texts, constant := c.flow.Texts(a); constant {
			c.judge(a, cl.before, texts, method)
		} else if cl.dynamic && !c.flow.Trusted(a) {
			c.injection(a)
		}
	}
}

// judge reports raw SQL among the texts that an argument can have.
func (c *checker) judge(a ast.Expr, before string, texts []string, where string) {
	raw := slices.ContainsFunc(texts, func(text string) bool { return !plain(before, text) })
	if raw && !c.under(policy.Native, a) && !c.under(policy.Dynamic, a) {
		c.report(a, "raw SQL in "+where+" without a reason; write the query into sql/, use the generated columns, or say why neither will do in // "+policy.Native+" <why> on the line above")
	}
}

// keys judges the keys of an Eq and its like, which are written out as they are.
func (c *checker) keys(lit *ast.CompositeLit) {
	name := chain.Named(c.pass.TypesInfo.TypeOf(lit))
	if name == "" {
		return
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && isText(c.pass.TypesInfo.TypeOf(kv.Key)) {
			if texts, constant := c.flow.Texts(kv.Key); constant {
				c.judge(kv.Key, "SELECT ", texts, name)
			}
		}
	}
}

// plain reports whether a text says no more than squirrel's own vocabulary does:
// names, values, comparisons, AND, OR and NOT, and the aggregates.
func plain(before, text string) bool {
	if strings.TrimSpace(text) == "" {
		return true
	}
	stmt, err := syntax.Parse(before + text)
	if err != nil {
		return false
	}
	switch s := stmt.(type) {
	case *syntax.Delete:
		return s.Where == nil && len(s.OrderBy) == 0 && s.Limit == nil && plainColumns(s.Returning)
	case *syntax.Select:
		if s.With != nil || len(s.Cores) != 1 || s.Limit != nil {
			return false
		}
		core := s.Cores[0]
		return plainColumns(core.Columns) && plainSource(core.From) && len(core.Windows) == 0 &&
			plainExpr(core.Where) && plainExprs(core.GroupBy) && plainExprs(s.OrderBy)
	}
	return false
}

func plainColumns(list []syntax.ResultColumn) bool {
	for _, rc := range list {
		if !plainExpr(rc.Expr) {
			return false
		}
	}
	return true
}

func plainSource(s syntax.Source) bool {
	switch s := s.(type) {
	case nil:
		return true
	case *syntax.Table:
		return !s.Call
	case *syntax.Join:
		return plainSource(s.Left) && plainSource(s.Right) && plainExpr(s.On)
	}
	return false
}

func plainExprs(list []syntax.Expr) bool {
	for _, x := range list {
		if !plainExpr(x) {
			return false
		}
	}
	return true
}

var comparisons = map[string]bool{
	"=": true, "<>": true, "<": true, ">": true, "<=": true, ">=": true, "AND": true, "OR": true,
	"IS": true, "IS NOT": true,
}

var aggregates = map[string]bool{"count": true, "sum": true, "min": true, "max": true, "avg": true, "total": true}

func plainExpr(x syntax.Expr) bool {
	ok := true
	syntax.Walk(x, func(x syntax.Expr) bool {
		switch x := x.(type) {
		case *syntax.Column, *syntax.Literal, *syntax.Variable, *syntax.Like, *syntax.NullTest, *syntax.Between,
			*syntax.Row, *syntax.Collate, *syntax.Unary:
		case *syntax.Binary:
			ok = ok && comparisons[x.Op]
		case *syntax.In:
			ok = ok && x.Select == nil && x.Table == nil
		case *syntax.Call:
			ok = ok && aggregates[strings.ToLower(x.Name)] && x.Over == nil && x.Filter == nil && len(x.Args) <= 1
		default:
			ok = false
		}
		return ok
	})
	return ok
}

func (c *checker) report(at ast.Expr, msg string) {
	c.pass.Reportf(at.Pos(), "%s", msg)
}
