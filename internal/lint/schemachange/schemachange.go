// Package schemachange finds Go code that changes the schema around the
// migrations.
//
// # What it reports
//
//   - CREATE, ALTER and DROP of a table, index, view or trigger in SQL that is
//     handed to Exec, Query, Prepare and the like, of any package: in a constant,
//     in a variable that only ever has one value, at the beginning of a string
//     that is put together, and as any statement of several.
//   - PRAGMA writable_schema, switched on, and writes to sqlite_schema.
//   - Calls that change the schema by themselves: AutoMigrate and the migrators of
//     gorm, Sync of xorm, Schema.Create of ent, NewCreateTable of bun and so on,
//     and the runs of other migration tools. The list is in calls.go.
//   - A Go migration that is registered with goose outside of the folder of the
//     migrations.
//
// "// @schema-change <why>" above the statement allows it.
//
// # What it does not report
//
// Files in a folder that sqlc.yaml has as schema; without a sqlc.yaml, one that is
// called migrations. Temporary tables and what hangs on them, tables of an
// attached database: they are not the schema. CREATE TABLE in a string that goes
// nowhere, or to a function with another name than Exec, Query, Prepare and the
// like. SQL that is read from a file or embedded. Test files, unless
// options.drey.lint.tests is true, and generated files.
//
// # How to fix it
//
// Write a migration: drey migrate new NAME, or drey migrate diff.
package schemachange

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/policy"
)

// Analyzer is the schemachange analyzer.
var Analyzer = &analysis.Analyzer{
	Name:     "schemachange",
	Doc:      "find changes of the schema outside of the migrations",
	Requires: []*analysis.Analyzer{inspect.Analyzer},
	Run:      run,
}

func run(pass *analysis.Pass) (any, error) {
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	c := &checker{pass: pass, info: pass.TypesInfo, values: values(pass.TypesInfo, in)}
	var judged []handed
	reasons := map[*ast.File]policy.Reasons{}
	in.WithStack([]ast.Node{(*ast.CallExpr)(nil)}, func(n ast.Node, push bool, stack []ast.Node) bool {
		f, ok := stack[0].(*ast.File)
		if !push || !ok {
			return push
		}
		call := n.(*ast.CallExpr)
		fn, ok := typeutil.Callee(c.info, call).(*types.Func)
		if !ok || fn.Pkg() == nil {
			return true
		}
		what := changes(fn)
		var texts []handed
		if what == "" && takesSQL(fn.Name()) {
			texts = c.texts(call)
		}
		if what == "" && len(texts) == 0 || policy.InMigrations(pass.Fset.Position(f.FileStart).Filename) {
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
	for _, t := range judged {
		if what := change(t.sql, temporary); what != "" && !t.allowed {
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
	pass   *analysis.Pass
	info   *types.Info
	values map[types.Object]ast.Expr
}

// sqlFuncs begin the names of what takes SQL.
var sqlFuncs = []string{"exec", "mustexec", "namedexec", "query", "namedquery", "prepare", "raw", "batch", "runsql", "runscript", "script"}

func takesSQL(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(sqlFuncs, func(f string) bool { return strings.HasPrefix(name, f) })
}

// texts are the strings among the arguments, as far as they are known.
func (c *checker) texts(call *ast.CallExpr) []handed {
	var list []handed
	for _, a := range call.Args {
		if text := c.text(a, 0); text != "" {
			list = append(list, handed{arg: a, sql: text})
		}
	}
	return list
}

// maxDepth bounds how many variables and concatenations are looked through.
const maxDepth = 8

// text is a string, or what it begins with; "" where that is not known.
func (c *checker) text(e ast.Expr, depth int) string {
	e = ast.Unparen(e)
	if tv := c.info.Types[e]; tv.Value != nil {
		if tv.Value.Kind() == constant.String {
			return constant.StringVal(tv.Value)
		}
		return ""
	}
	if depth == maxDepth {
		return ""
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return c.text(e.X, depth+1)
		}
	case *ast.Ident:
		if v := c.values[c.info.Uses[e]]; v != nil {
			return c.text(v, depth+1)
		}
	case *ast.CallExpr:
		fn, ok := typeutil.Callee(c.info, e).(*types.Func)
		switch {
		case len(e.Args) == 0:
		case ok && slices.Contains(passing, fn.FullName()), c.info.Types[e.Fun].IsType():
			return c.text(e.Args[0], depth+1)
		}
	}
	return ""
}

// passing are functions whose result begins as their first argument does.
var passing = []string{"fmt.Sprintf", "fmt.Sprint", "strings.TrimSpace", "strings.ReplaceAll", "strings.Replace", "strings.ToUpper", "strings.ToLower"}

// values has the variables that are given one value, where they are declared,
// and whose address is not taken.
func values(info *types.Info, in *inspector.Inspector) map[types.Object]ast.Expr {
	v := map[types.Object]ast.Expr{}
	changed := map[types.Object]bool{}
	define := func(name ast.Expr, value ast.Expr) {
		id, ok := ast.Unparen(name).(*ast.Ident)
		if !ok {
			return
		}
		if o := info.Defs[id]; o != nil && value != nil {
			v[o] = value
		} else if o := info.Uses[id]; o != nil {
			changed[o] = true
		}
	}
	in.Preorder([]ast.Node{(*ast.ValueSpec)(nil), (*ast.AssignStmt)(nil), (*ast.UnaryExpr)(nil), (*ast.RangeStmt)(nil)}, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.ValueSpec:
			if len(n.Names) == len(n.Values) {
				for i := range n.Names {
					define(n.Names[i], n.Values[i])
				}
			}
		case *ast.AssignStmt:
			for i := range n.Lhs {
				var value ast.Expr
				if len(n.Lhs) == len(n.Rhs) {
					value = n.Rhs[i]
				}
				define(n.Lhs[i], value)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				define(n.X, nil)
			}
		case *ast.RangeStmt:
			elements(info, n, v)
			if n.Tok == token.ASSIGN && n.Value != nil {
				define(n.Value, nil)
			}
		}
	})
	for o := range changed {
		delete(v, o)
	}
	return v
}

// elements gives the variable of a range over a literal list the first element
// that changes a schema, as if it had no other.
func elements(info *types.Info, r *ast.RangeStmt, v map[types.Object]ast.Expr) {
	id, ok := r.Value.(*ast.Ident)
	list, literal := ast.Unparen(r.X).(*ast.CompositeLit)
	if !ok || !literal || info.Defs[id] == nil {
		return
	}
	for _, e := range list.Elts {
		tv := info.Types[e]
		if tv.Value != nil && tv.Value.Kind() == constant.String && change(constant.StringVal(tv.Value), nil) != "" {
			v[info.Defs[id]] = e
			return
		}
	}
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
