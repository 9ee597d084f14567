// Package typedcolumns finds columns in squirrel's strings for which the generated
// package has a handle, and puts the handle in their place.
//
// Such a string is not a violation: the analyzer only runs if options.drey.lint.on
// of sqlc.yaml names it.
//
// # What it reports
//
// A condition on one column, in Where or inside of its And and Or, if its statement
// reads or changes a single table of the schema:
//
//	sq.Eq{"slug": slug}             db.Links.Slug.Eq(slug)
//	sq.Eq{"id": ids}                db.Links.ID.In(ids...)
//	sq.NotEq{"title": nil}          db.Links.Title.IsNotNull()
//	sq.Gt{"click_count": 10}        db.Links.ClickCount.Gt(10)
//	sq.Like{"links.url": pattern}   db.Links.URL.Like(pattern)
//	Where("click_count >= ?", n)    Where(db.Links.ClickCount.Gte(n))
//	sq.Expr("title IS NULL")        db.Links.Title.IsNull()
//
// And an OrderBy of a SELECT of one table, if all of its arguments are columns:
//
//	OrderBy("created_at DESC", "id")   OrderByClause(db.Links.CreatedAt.Desc()).OrderByClause(db.Links.ID.Asc())
//	OrderBy("title NULLS LAST")        OrderByClause(db.Links.Title.Asc().NullsLast())
//
// Each has a suggested fix. Squirrel renders it as the same SQL, with the table in
// front of the name, and quotes around both.
//
// # What it does not report
//
// Generated files and tests. A package that does not import the generated one: the
// generated one may import it. A package that imports several generated ones of the
// project, and a table that another database of the project also has. A statement
// with a join, an alias, a subquery as its source, a WITH or the placeholders of
// another database, one that is passed on as a builder, and one that shares the
// condition with such a statement. A value of another type than the column's, or of
// a pointer, a []byte, or a [driver.Valuer] other than drey's own times: it may
// treat NULL differently. A list that something else could change before the
// statement runs. A condition on several columns. An order by a name that a result
// column has, unless that is the column itself, or where not all result columns are
// constant; one with a collation; one that a suffix or another text may make the order
// of a compound. Set, GroupBy and Columns, since squirrel takes nothing but strings
// there. A place where a local variable hides the
// generated package, or that has a comment in it. A file that would not use
// squirrel any more.
package typedcolumns

import (
	"go/ast"
	"go/types"
	"maps"

	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/project"
)

// New makes the typedcolumns analyzer, for packages of these projects.
func New(projects *project.Projects) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     "typedcolumns",
		Doc:      "find columns in squirrel's strings that have a typed handle; runs only if it is named",
		Requires: []*analysis.Analyzer{builder.Analyzer},
		Run:      func(pass *analysis.Pass) (any, error) { return run(pass, policy.Of(projects, pass)) },
	}
}

// squirrel is the only one of its forks for which the SQL is known.
const squirrel = "github.com/Masterminds/squirrel"

type checker struct {
	*analysis.Pass
	chains *builder.Chains
	db     *types.Package // the generated package
	tables map[string]table
}

func run(pass *analysis.Pass, project policy.Project) (any, error) {
	chains := pass.ResultOf[builder.Analyzer].(*builder.Chains)
	if len(chains.Statements) == 0 || policy.OtherDatabase(pass.Pkg) || slices.ContainsFunc(pass.Pkg.Imports(), fork) {
		return nil, nil
	}
	generated := project.Generated(pass.Pkg)
	if generated == nil {
		return nil, nil
	}
	c := &checker{Pass: pass, chains: chains, db: generated.Package}
	wheres, orders := c.calls(c.table, "Where"), c.calls(c.ordered, orderings...)
	if len(wheres)+len(orders) == 0 {
		return nil, nil
	}
	sources, err := generated.Sources()
	if err != nil {
		return nil, nil // "drey generate" and the compiler say what is wrong with it
	}
	c.tables = readTables(sources)
	maps.DeleteFunc(c.tables, func(name string, _ table) bool { return generated.Shared[name] })
	for _, f := range pass.Files {
		if project.Skips(f, pass.Fset.Position(f.FileStart).Filename) {
			continue
		}
		var list []replacement
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				list = append(list, c.where(call, wheres[call])...)
				list = append(list, c.order(call, orders[call])...)
			}
			return true
		})
		if err := c.file(f, list); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func fork(p *types.Package) bool { return builder.IsSquirrel(p) && p.Path() != squirrel }

// calls returns the calls of some methods in statements of a single table, with its name.
// If a call leads to several statements, each must have the same table.
func (c *checker) calls(table func(*builder.Statement) string, methods ...string) map[*ast.CallExpr]string {
	found := map[*ast.CallExpr]string{}
	for _, s := range c.chains.Statements {
		name := table(s)
		for _, call := range s.All(methods...) {
			if known, ok := found[call.CallExpr]; ok && known != name {
				name = ""
			}
			found[call.CallExpr] = name
		}
	}
	for call, name := range found {
		if name == "" {
			delete(found, call)
		}
	}
	return found
}
