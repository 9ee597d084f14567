package nativesql

import (
	"go/ast"
	"slices"
	"strings"

	sqlast "github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// clause is a method of squirrel's builders that takes SQL as text.
type clause struct {
	before  string // of a SELECT that the text completes
	all     bool   // every argument is a text
	dynamic bool   // this analyzer reports a text that is not constant
}

// clauses are the methods whose texts are judged. squirreltraps reports names that
// are not constant.
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
			c.injection(a, false)
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

// keys judges the keys of an Eq and the like, which are written out unchanged.
func (c *checker) keys(lit *ast.CompositeLit) {
	name := builder.Named(c.pass.TypesInfo.TypeOf(lit))
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

// plain reports whether a text only uses squirrel's own vocabulary: names, values,
// comparisons, AND, OR and NOT, and the aggregates.
func plain(before, text string) bool {
	if strings.TrimSpace(text) == "" {
		return true
	}
	stmt, err := syntax.Parse(before + text)
	if err != nil {
		return false
	}
	switch s := stmt.(type) {
	case *sqlast.DeleteStmt:
		return s.Where == nil && plainColumns(s.Returning)
	case *sqlast.SelectStmt:
		q := syntax.Query(s)
		return s.With == nil && q != nil && q.Limit == nil && len(q.Windows) == 0 && plainColumns(q.Columns) && plainSources(q.From) &&
			plainExpr(q.Where) && plainExprs(q.GroupBy) && plainExprs(syntax.Ordered(q.OrderBy))
	}
	return false
}

func plainColumns(list []*sqlast.ResultColumn) bool {
	for _, rc := range list {
		if syntax.Star(rc) == nil && !plainExpr(rc.Expr) {
			return false
		}
	}
	return true
}

func plainSources(list []*sqlast.TableRef) bool {
	for _, t := range list {
		if t.Select != nil || t.HasArgs || t.List != nil && t.Alias != nil || !plainSources(t.List) || !plainExpr(t.On) {
			return false
		}
	}
	return true
}

func plainExprs(list []sqlast.Expr) bool {
	for _, x := range list {
		if !plainExpr(x) {
			return false
		}
	}
	return true
}

var comparisons = map[sqlast.Operator]bool{
	sqlast.OpEq: true, sqlast.OpNe: true, sqlast.OpLt: true, sqlast.OpGt: true, sqlast.OpLe: true, sqlast.OpGe: true,
	sqlast.OpAnd: true, sqlast.OpOr: true,
}

var aggregates = map[string]bool{"count": true, "sum": true, "min": true, "max": true, "avg": true, "total": true}

func plainExpr(x sqlast.Expr) bool {
	ok := true
	syntax.Walk(x, func(x sqlast.Expr) bool {
		switch x := x.(type) {
		case *sqlast.QualifiedRef, *sqlast.Literal, *sqlast.BindParam, *sqlast.LikeExpr, *sqlast.NullCheckExpr, *sqlast.BetweenExpr,
			*sqlast.VectorExpr, *sqlast.CollateExpr, *sqlast.UnaryExpr:
		case *sqlast.BinaryExpr:
			ok = ok && comparisons[x.Op]
		case *sqlast.IsExpr:
			ok = ok && !x.Distinct
		case *sqlast.InExpr:
			ok = ok && x.Select == nil && x.Table == nil
		case *sqlast.FuncCall:
			ok = ok && aggregates[sqltext.Fold(x.Name.Name)] && x.Over == nil && x.Filter == nil && len(x.Args) <= 1
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
