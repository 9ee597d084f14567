// Package nativesql finds raw SQL in Go code that does not say why it is there.
//
// # What it reports
//
//   - A query handed to a DB, Tx or Conn of database/sql, to an interface with
//     their methods such as sqlc's DBTX, and to squirrel's Expr, without
//     "// @native-sql <why>" on the line above. The why has at least three words.
//   - A query that is put together from strings which are not constant, by + or
//     by fmt.Sprintf. Only "// @native-sql-dynamic <why>" silences this.
//   - A constant query under its directive that SQLite refuses on the migrated
//     schema, that has another number of parameters than arguments, or of columns
//     than the Scan of its row has destinations.
//
// # What it does not report
//
// Generated files and tests. String clauses of squirrel's builders. A query in a
// variable is raw SQL, but not said to be dynamic, since it may have one value
// only. Numbers and booleans put into a query are no injection. Nothing is
// prepared where sqlc.yaml is absent, broken, or has anything but one block of
// engine sqlite. Left alone are statements other than SELECT, VALUES, WITH,
// INSERT, REPLACE, UPDATE and DELETE, several statements in one string, and
// tables, functions, modules and collations that SQLite does not know: they may
// be temporary, attached or registered by the program.
//
// # How to fix it
//
// Write the query into sql/, or build it from the generated columns. Where
// neither can express it, say why on the line above.
package nativesql

import (
	"errors"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/sqlite"
)

// Analyzer is the nativesql analyzer.
var Analyzer = &analysis.Analyzer{
	Name:     "nativesql",
	Doc:      "find raw SQL without a reason, built from strings, or wrong on the migrated schema",
	Requires: []*analysis.Analyzer{inspect.Analyzer},
	Run:      run,
}

// queryArg has, for each function that takes SQL, the index of that argument.
var queryArg = map[string]int{
	"Exec": 0, "Query": 0, "QueryRow": 0, "Prepare": 0,
	"ExecContext": 1, "QueryContext": 1, "QueryRowContext": 1, "PrepareContext": 1,
}

func run(pass *analysis.Pass) (any, error) {
	files := map[string]*ast.File{}
	for _, f := range pass.Files {
		name := pass.Fset.Position(f.FileStart).Filename
		if !ast.IsGenerated(f) && !strings.HasSuffix(name, "_test.go") {
			files[name] = f
		}
	}
	reasons := map[*ast.File]policy.Reasons{}
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	in.WithStack([]ast.Node{(*ast.CallExpr)(nil)}, func(n ast.Node, push bool, stack []ast.Node) bool {
		f, ok := stack[0].(*ast.File)
		name := pass.Fset.Position(f.FileStart).Filename
		if !push || !ok || files[name] == nil {
			return push
		}
		call := n.(*ast.CallExpr)
		fn, arg := sqlCall(pass.TypesInfo, call)
		if fn == nil {
			return true
		}
		if reasons[f] == nil {
			reasons[f] = policy.ReadReasons(pass.Fset, f)
		}
		c := checker{pass: pass, reasons: reasons[f], stack: stack, call: call, fn: fn, arg: arg, file: name}
		c.check()
		return true
	})
	return nil, nil
}

// sqlCall returns the called function and the index of its SQL, or nil.
func sqlCall(info *types.Info, call *ast.CallExpr) (*types.Func, int) {
	fn, ok := typeutil.Callee(info, call).(*types.Func)
	if !ok || fn.Pkg() == nil {
		return nil, 0
	}
	recv := fn.Signature().Recv()
	if fn.Pkg().Path() == "github.com/Masterminds/squirrel" {
		if recv == nil && fn.Name() == "Expr" && len(call.Args) > 0 {
			return fn, 0
		}
		return nil, 0
	}
	arg, takes := queryArg[fn.Name()]
	if recv == nil || !takes || len(call.Args) <= arg {
		return nil, 0
	}
	if fn.Pkg().Path() != "database/sql" && !types.IsInterface(recv.Type()) {
		return nil, 0
	}
	sig := fn.Signature()
	if sig.Params().Len() <= arg || !types.Identical(sig.Params().At(arg).Type(), types.Typ[types.String]) || !fromDatabaseSQL(sig.Results()) {
		return nil, 0
	}
	return fn, arg
}

// fromDatabaseSQL reports whether the first result is a type of database/sql.
func fromDatabaseSQL(results *types.Tuple) bool {
	if results.Len() == 0 {
		return false
	}
	t := results.At(0).Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "database/sql"
}

type checker struct {
	pass    *analysis.Pass
	reasons policy.Reasons
	stack   []ast.Node
	call    *ast.CallExpr
	fn      *types.Func
	arg     int
	file    string
}

func (c *checker) check() {
	query := c.call.Args[c.arg]
	if dynamic(c.pass.TypesInfo, query) {
		if !c.under(policy.Dynamic) {
			c.pass.Reportf(query.Pos(), "SQL built from strings that are not constant can be injected into; bind values as arguments, or say why it is safe in // %s <why> on the line above", policy.Dynamic)
		}
		return
	}
	if !c.under(policy.Native) && !c.under(policy.Dynamic) {
		c.pass.Reportf(query.Pos(), "raw SQL without a reason; write the query into sql/, use the generated columns, or say why neither will do in // %s <why> on the line above", policy.Native)
		return
	}
	if v := c.pass.TypesInfo.Types[query].Value; v != nil && v.Kind() == constant.String && c.fn.Name() != "Expr" {
		c.prepare(query, constant.StringVal(v))
	}
}

// under reports whether the directive stands above the call or its statement.
func (c *checker) under(directive string) bool {
	line := func(n ast.Node) int { return c.pass.Fset.Position(n.Pos()).Line }
	if c.reasons.Above(directive, line(c.call)) {
		return true
	}
	for i := len(c.stack) - 1; i >= 0; i-- {
		switch n := c.stack[i].(type) {
		case *ast.BlockStmt, *ast.FuncLit:
			return false
		case ast.Stmt, *ast.ValueSpec:
			return c.reasons.Above(directive, line(n))
		}
	}
	return false
}

// dynamic reports whether a text that is not constant is put into e.
func dynamic(info *types.Info, e ast.Expr) bool {
	e = ast.Unparen(e)
	if info.Types[e].Value != nil {
		return false
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return e.Op == token.ADD
	case *ast.CallExpr:
		fn, ok := typeutil.Callee(info, e).(*types.Func)
		if !ok || fn.FullName() != "fmt.Sprintf" || len(e.Args) == 0 {
			return false
		}
		for _, a := range e.Args[1:] {
			tv := info.Types[a]
			b, basic := tv.Type.Underlying().(*types.Basic)
			if tv.Value == nil && (!basic || b.Info()&(types.IsNumeric|types.IsBoolean) == 0) {
				return true
			}
		}
	}
	return false
}

// judged are the statements that only the schema can make wrong.
var judged = []string{"SELECT", "VALUES", "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE"}

// unknown begin the messages about what a program may bring itself.
var unknown = []string{"no such table", "no such function", "no such module", "no such collation", "unknown database"}

func (c *checker) prepare(query ast.Expr, text string) {
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	if !slices.ContainsFunc(judged, func(k string) bool { return strings.HasPrefix(strings.ToUpper(word), k) }) {
		return
	}
	stmt, err := policy.Describe(filepath.Dir(c.file), text)
	var refused *sqlite.Error
	switch {
	case errors.As(err, &refused):
		if !slices.ContainsFunc(unknown, func(k string) bool { return strings.HasPrefix(refused.Msg, k) }) {
			c.pass.Reportf(query.Pos(), "SQLite refuses this on the migrated schema: %s", refused.Msg)
		}
		return
	case err != nil || stmt.Empty || strings.TrimSpace(stmt.Tail) != "":
		return
	}
	if strings.HasPrefix(c.fn.Name(), "Prepare") {
		return
	}
	args := c.call.Args[c.arg+1:]
	if n := len(stmt.Params); !c.call.Ellipsis.IsValid() && positional(c.pass.TypesInfo, stmt, args) && n != len(args) {
		c.pass.Reportf(query.Pos(), "the query has %d parameters, and %d arguments are given", n, len(args))
	}
	if scan := c.scan(); scan != nil && !scan.Ellipsis.IsValid() && len(scan.Args) != len(stmt.Columns) {
		c.pass.Reportf(scan.Pos(), "the query has %d columns, and Scan has %d destinations", len(stmt.Columns), len(scan.Args))
	}
}

// positional reports whether parameters and arguments are matched by number.
func positional(info *types.Info, stmt *sqlite.Stmt, args []ast.Expr) bool {
	for _, p := range stmt.Params {
		if p != "" && p[0] != '?' {
			return false
		}
	}
	for _, a := range args {
		if _, basic := info.Types[a].Type.Underlying().(*types.Basic); basic {
			continue
		}
		if t := info.Types[a].Type.String(); t == "database/sql.NamedArg" || types.IsInterface(info.Types[a].Type) {
			return false
		}
	}
	return true
}

// scan is the Scan that is called on the row of the call itself.
func (c *checker) scan() *ast.CallExpr {
	if !strings.HasPrefix(c.fn.Name(), "QueryRow") || len(c.stack) < 3 {
		return nil
	}
	sel, ok := c.stack[len(c.stack)-2].(*ast.SelectorExpr)
	call, called := c.stack[len(c.stack)-3].(*ast.CallExpr)
	if !ok || !called || sel.Sel.Name != "Scan" || call.Fun != sel {
		return nil
	}
	return call
}
