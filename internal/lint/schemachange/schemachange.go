// Package schemachange finds Go code that changes the schema without a migration.
//
// # What it reports
//
//   - CREATE, ALTER and DROP of a table, index, view or trigger in SQL that is
//     given to Exec, Query, Prepare and the like, of any package, or to a function
//     of the same package that passes it on to one. The SQL may be in a constant, a
//     variable, a list or a map, at the beginning of a string that is put together
//     or that a function returns, and may be any of several statements.
//   - PRAGMA writable_schema when it is switched on, and writes to sqlite_schema.
//   - Calls that change the schema by themselves: AutoMigrate and the migrators of
//     gorm, Sync of xorm, Schema.Create of ent, NewCreateTable of bun and so on,
//     and the runs of migration tools that do not keep the project's schema. The list
//     is in calls.go. Also AutoMigrate of an interface of the project's own.
//   - A Go migration that is registered with goose outside of the migrations
//     folder.
//
// "// @schema-change <why>" above the statement allows it.
//
// # What it does not report
//
// Files in a folder that sqlc.yaml names as schema; without a sqlc.yaml, in one that is
// called migrations. Temporary tables and what belongs to them, tables of an attached
// database, goose's own table: they are not the schema. CREATE TABLE in a string that
// is not used, or that goes to a function with another name than Exec, Query, Prepare
// and the like. A statement whose first words are put into a format. A library's
// function that changes the schema and is used as a value. SQL that is read from a file
// or embedded. Test files, unless options.drey.lint.tests is true, and generated files.
//
// # How to fix it
//
// Write a migration: drey migrate new NAME, or drey migrate diff.
package schemachange

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// New makes the schemachange analyzer, for packages of these projects.
func New(projects *project.Projects) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     "schemachange",
		Doc:      "find changes of the schema outside of the migrations",
		Requires: []*analysis.Analyzer{inspect.Analyzer, dataflow.Analyzer},
		Run:      func(pass *analysis.Pass) (any, error) { return run(pass, policy.Of(projects, pass)) },
	}
}

func run(pass *analysis.Pass, project policy.Project) (any, error) {
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	c := &checker{pass: pass, info: pass.TypesInfo, flow: pass.ResultOf[dataflow.Analyzer].(*dataflow.Values)}
	passed := c.wrappers(in)
	var judged []handed
	reasons := map[*ast.File]policy.Reasons{}
	in.WithStack([]ast.Node{(*ast.CallExpr)(nil)}, func(n ast.Node, push bool, stack []ast.Node) bool {
		f, ok := stack[0].(*ast.File)
		if !push || !ok {
			return push
		}
		call := n.(*ast.CallExpr)
		var texts []handed
		what := ""
		if fn, ok := c.flow.Callee(call).(*types.Func); ok && fn.Pkg() != nil {
			if what = changes(fn); what != "" && project.Migrates(fn.Pkg().Path()) {
				what = ""
			} else if what == "" && takesSQL(fn.Name()) {
				texts = c.texts(call)
			} else if i, ok := passed[fn.Origin()]; ok && what == "" && i < len(call.Args) {
				texts = c.values(call.Args[i])
			}
		}
		if what == "" && len(texts) == 0 || project.InMigrations(pass.Fset.Position(f.FileStart).Filename) {
			return true
		}
		if reasons[f] == nil {
			reasons[f] = policy.ReadReasons(pass.Fset, f)
		}
		allowed := c.allowed(reasons[f], stack)
		if what != "" && !allowed {
			pass.Reportf(call.Pos(), "%s; write a migration instead, or say why it has to be here in // %s <why> on the line above", what, policy.Schema)
		}
		for _, t := range texts {
			t.allowed = allowed
			judged = append(judged, t)
		}
		return true
	})
	temporary := map[string]bool{}
	for _, t := range judged {
		collectTemporary(t.sql, temporary)
	}
	said := map[ast.Expr]bool{} // the first of the values of one argument is enough
	for _, t := range judged {
		if what := change(t.sql, temporary); what != "" && !t.allowed && !said[t.arg] {
			said[t.arg] = true
			pass.Reportf(t.arg.Pos(), "%s changes the schema outside of the migrations; write a migration instead, or say why it has to be here in // %s <why> on the line above", what, policy.Schema)
		}
	}
	return nil, nil
}

// handed is SQL that is an argument of a call.
type handed struct {
	arg     ast.Expr
	sql     string
	allowed bool
}

type checker struct {
	pass *analysis.Pass
	info *types.Info
	flow *dataflow.Values
}

// sqlFuncs are prefixes of the names of functions that take SQL.
var sqlFuncs = []string{"exec", "mustexec", "namedexec", "query", "namedquery", "prepare", "raw", "batch", "runsql", "runscript", "script"}

func takesSQL(name string) bool {
	name = sqltext.Fold(name)
	return slices.ContainsFunc(sqlFuncs, func(f string) bool { return strings.HasPrefix(name, f) })
}

// texts returns the values of the first string argument, as far as they are known.
// The arguments after it are bound.
func (c *checker) texts(call *ast.CallExpr) []handed {
	if a := c.first(call); a != nil {
		return c.values(a)
	}
	return nil
}

// first returns the first string argument.
func (c *checker) first(call *ast.CallExpr) ast.Expr {
	for _, a := range call.Args {
		if t := c.info.Types[a].Type; t != nil && types.Identical(t.Underlying(), types.Typ[types.String]) {
			return a
		}
	}
	return nil
}

func (c *checker) values(a ast.Expr) (list []handed) {
	for _, text := range c.flow.Begins(a) {
		list = append(list, handed{arg: a, sql: text})
	}
	return list
}

// wrappers returns the functions of the package that pass a parameter on to a
// function that takes SQL, also through one another, with the index of the
// parameter. A function with such a name is found by its name.
func (c *checker) wrappers(in *inspector.Inspector) map[*types.Func]int {
	found := map[*types.Func]int{}
	var list []*types.Func
	add := func(query ast.Expr) {
		if fn, at := c.flow.Parameter(query); fn != nil && !takesSQL(fn.Name()) {
			if _, known := found[fn]; !known {
				found[fn] = at
				list = append(list, fn)
			}
		}
	}
	for cursor := range in.Root().Preorder((*ast.CallExpr)(nil)) {
		call := cursor.Node().(*ast.CallExpr)
		if fn, ok := typeutil.Callee(c.info, call).(*types.Func); ok && takesSQL(fn.Name()) {
			if query := c.first(call); query != nil {
				add(query)
			}
		}
	}
	for len(list) > 0 {
		fn := list[0]
		list = list[1:]
		for _, call := range c.flow.Calls(fn) {
			if found[fn] < len(call.Args) {
				add(call.Args[found[fn]])
			}
		}
	}
	return found
}

// allowed reports whether the directive stands above the call or its statement.
func (c *checker) allowed(reasons policy.Reasons, stack []ast.Node) bool {
	above := func(n ast.Node) bool {
		return reasons.Above(policy.Schema, c.pass.Fset.Position(n.Pos()).Line)
	}
	if above(stack[len(stack)-1]) {
		return true
	}
	for _, n := range slices.Backward(stack) {
		switch n := n.(type) {
		case *ast.BlockStmt, *ast.FuncLit:
			return false
		case ast.Stmt, *ast.ValueSpec:
			return above(n)
		}
	}
	return false
}
