// Package nativesql finds raw SQL in Go code that does not say why it is there.
//
// # What it reports
//
//   - A query handed to a DB, Tx, Conn or Stmt-like type with the methods of
//     database/sql: its own, an interface such as sqlc's DBTX, a wrapper such as
//     sqlx, or D1's prepare through syscall/js, without "// @native-sql <why>" on
//     the line above. The why has at least three words. The directive stands above
//     the line of the query, or above its statement; in the package comment, for
//     a package that is itself a layer over the database, it holds for all of it.
//   - A text in squirrel's Expr, Where, Having, Column, Select, From, Join,
//     OrderBy, GroupBy, Prefix, Suffix and the like that says more than names,
//     values, comparisons with AND, OR and NOT, and COUNT, SUM, MIN, MAX, AVG and
//     TOTAL of a name: a function, a calculation, CASE, a subquery, WITH, ON
//     CONFLICT. RETURNING with names is none.
//   - A query that is put together from strings which are not constant, by +, +=,
//     fmt, strings.Join, a strings.Builder or a template, also in a variable or by
//     a function of the package; and such a text, or one that is not known, in
//     Expr, Where, Having, Column, OrderByClause and JoinClause. Only
//     "// @native-sql-dynamic <why>" silences this.
//   - A constant query under its directive that SQLite refuses on the migrated
//     schema, that has another number of parameters than arguments, or of columns
//     than the Scan of its row or rows has destinations. A variable that is only
//     assigned constants is constant.
//
// # What it does not report
//
// Generated files, tests, and packages that register goose migrations in Go, which
// are the place for raw SQL. Names that are not constant in squirrel's other
// methods, which are squirreltraps'. A query that squirrel's ToSql has made. A
// method that only hands its own query on to a method of the same kind: its
// callers are looked at. A query in a parameter is raw SQL, but not said to be
// dynamic. What is made of constants is decided as in squirreltraps. Nothing is
// prepared where sqlc.yaml is absent, broken, or has anything but one block of
// engine sqlite, and in a package that imports the driver of another database.
// Left alone are statements other than SELECT, VALUES, WITH, INSERT, REPLACE,
// UPDATE and DELETE, several statements in one string, and tables, functions,
// modules and collations that SQLite does not know: they may be temporary,
// attached or registered by the program.
//
// # How to fix it
//
// Write the query into sql/, or build it from the generated columns. Where
// neither can express it, say why on the line above; the skeleton of the comment
// is a suggested fix, which stays a report until the why is written.
package nativesql

import (
	"bytes"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/chain"
	"github.com/dreysql/drey/internal/lint/flow"
	"github.com/dreysql/drey/internal/lint/policy"
)

// Analyzer is the nativesql analyzer.
var Analyzer = &analysis.Analyzer{
	Name:     "nativesql",
	Doc:      "find raw SQL without a reason, built from strings, or wrong on the migrated schema",
	Requires: []*analysis.Analyzer{inspect.Analyzer, flow.Analyzer},
	Run:      run,
}

// queryArg has, for each function that takes SQL, the index of that argument.
var queryArg = map[string]int{
	"Exec": 0, "Query": 0, "QueryRow": 0, "Prepare": 0,
	"ExecContext": 1, "QueryContext": 1, "QueryRowContext": 1, "PrepareContext": 1,
}

// sqlxArg has the functions that sqlx adds to them.
var sqlxArg = map[string]int{
	"Get": 1, "Select": 1, "GetContext": 2, "SelectContext": 2,
	"NamedExec": 0, "NamedQuery": 0, "NamedExecContext": 1, "NamedQueryContext": 1,
	"Queryx": 0, "QueryRowx": 0, "MustExec": 0, "Preparex": 0, "PrepareNamed": 0,
	"QueryxContext": 1, "QueryRowxContext": 1, "MustExecContext": 1, "PreparexContext": 1, "PrepareNamedContext": 1,
}

func run(pass *analysis.Pass) (any, error) {
	if migrations(pass) {
		return nil, nil
	}
	files := map[string]*ast.File{}
	for _, f := range pass.Files {
		name := pass.Fset.Position(f.FileStart).Filename
		if !chain.Skipped(f, name) {
			files[name] = f
		}
	}
	reasons := policy.ReadPackage(pass.Fset, pass.Files)
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	in.WithStack([]ast.Node{(*ast.CallExpr)(nil)}, func(n ast.Node, push bool, stack []ast.Node) bool {
		f, ok := stack[0].(*ast.File)
		name := pass.Fset.Position(f.FileStart).Filename
		if !push || !ok || files[name] == nil {
			return push
		}
		call := n.(*ast.CallExpr)
		fn, ok := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
		if !ok || fn.Pkg() == nil {
			return true
		}
		c := checker{
			pass: pass, flow: pass.ResultOf[flow.Analyzer].(*flow.Values), reasons: reasons[f],
			stack: stack, call: call, fn: fn, file: name,
		}
		if chain.IsSquirrel(fn.Pkg()) {
			if fn.Name() == "Expr" && len(call.Args) > 0 {
				c.expr()
			} else {
				c.clause(fn.Name())
			}
		} else if c.arg = sqlArg(pass.TypesInfo, call, fn); c.arg >= 0 {
			c.query()
		}
		return true
	})
	return nil, nil
}

// migrations reports whether a package registers migrations of goose, which are
// the place for raw SQL.
func migrations(pass *analysis.Pass) bool {
	for _, obj := range pass.TypesInfo.Uses {
		fn, ok := obj.(*types.Func)
		if ok && fn.Pkg() != nil && strings.HasPrefix(fn.Pkg().Path(), "github.com/pressly/goose") &&
			(strings.HasPrefix(fn.Name(), "AddMigration") || strings.HasPrefix(fn.Name(), "AddNamedMigration")) {
			return true
		}
	}
	return false
}

// sqlArg is the index of the SQL among the arguments of a call, or -1.
func sqlArg(info *types.Info, call *ast.CallExpr, fn *types.Func) int {
	recv := fn.Signature().Recv()
	if recv == nil {
		return -1
	}
	if fn.FullName() == "(syscall/js.Value).Call" { // D1's prepare
		if v := info.Types[call.Args[0]].Value; v == nil || v.ExactString() != `"prepare"` || len(call.Args) != 2 {
			return -1
		}
		return 1
	}
	arg, takes := queryArg[fn.Name()]
	if fn.Pkg().Path() == "github.com/jmoiron/sqlx" {
		if x, ok := sqlxArg[fn.Name()]; ok {
			arg, takes = x, true
		}
	} else if !fromDatabaseSQL(fn.Signature().Results()) {
		return -1
	}
	sig := fn.Signature()
	if !takes || len(call.Args) <= arg || sig.Params().Len() <= arg || !isText(sig.Params().At(arg).Type()) {
		return -1
	}
	return arg
}

// isText reports whether a type is a string.
func isText(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
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
	flow    *flow.Values
	reasons policy.Reasons
	stack   []ast.Node
	call    *ast.CallExpr
	fn      *types.Func
	arg     int
	file    string
}

// expr checks squirrel's Expr.
func (c *checker) expr() {
	text := c.call.Args[0]
	texts, constant := c.flow.Texts(text)
	switch {
	case !constant && !c.flow.Trusted(text):
		c.injection(text)
	case constant && !slices.ContainsFunc(texts, func(s string) bool { return !plain("SELECT ", s) }):
	default:
		c.reason(text)
	}
}

// query checks a query that is handed to a database.
func (c *checker) query() {
	query := c.call.Args[c.arg]
	switch {
	case c.flow.Comes(query, rendered) || c.handsOn(query):
	case c.flow.Built(query):
		c.injection(query)
	case c.reason(query):
		texts, _ := c.flow.Texts(query)
		for _, text := range texts {
			c.prepare(query, text, len(texts) == 1)
		}
	}
}

// rendered reports whether a function makes SQL of a squirrel statement.
func rendered(fn *types.Func) bool {
	return (fn.Name() == "ToSql" || fn.Name() == "MustSql") && fn.Signature().Recv() != nil
}

// handsOn reports whether the query is the parameter of a method that is itself
// taken for one of database/sql.
func (c *checker) handsOn(query ast.Expr) bool {
	id, ok := ast.Unparen(query).(*ast.Ident)
	if !ok {
		return false
	}
	outer, ok := c.flow.Param(c.flow.Object(id))
	fn, isFunc := outer.(*types.Func)
	if !ok || !isFunc || fn.Signature().Recv() == nil || !fromDatabaseSQL(fn.Signature().Results()) {
		return false
	}
	at, takes := queryArg[fn.Name()]
	return takes && at < fn.Signature().Params().Len() && fn.Signature().Params().At(at) == c.flow.Object(id)
}

func (c *checker) injection(e ast.Expr) {
	if !c.under(policy.Dynamic, e) {
		c.pass.Report(c.diagnostic(e, policy.Dynamic, "SQL built from strings that are not constant can be injected into; bind values as arguments, or say why it is safe in // "+policy.Dynamic+" <why> on the line above"))
	}
}

// reason reports raw SQL that has none.
func (c *checker) reason(e ast.Expr) bool {
	if c.under(policy.Native, e) || c.under(policy.Dynamic, e) {
		return true
	}
	c.pass.Report(c.diagnostic(e, policy.Native, "raw SQL without a reason; write the query into sql/, use the generated columns, or say why neither will do in // "+policy.Native+" <why> on the line above"))
	return false
}

// diagnostic is a report whose fix writes the skeleton of a directive above the
// statement.
func (c *checker) diagnostic(e ast.Expr, directive, message string) analysis.Diagnostic {
	d := analysis.Diagnostic{Pos: e.Pos(), End: e.End(), Message: message}
	file := c.pass.Fset.File(e.Pos())
	start := file.LineStart(file.Line(c.statement().Pos()))
	content, err := c.pass.ReadFile(c.file)
	if err != nil {
		return d
	}
	line := content[file.Offset(start):]
	indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
	d.SuggestedFixes = []analysis.SuggestedFix{{
		Message: "Write a comment for the reason",
		TextEdits: []analysis.TextEdit{{
			Pos: start, End: start, NewText: []byte(string(indent) + "// " + directive + " <why>\n"),
		}},
	}}
	return d
}

// statement is the statement or declaration around the call.
func (c *checker) statement() ast.Node {
	for i := len(c.stack) - 1; i >= 0; i-- {
		switch n := c.stack[i].(type) {
		case ast.Stmt, *ast.ValueSpec:
			return n
		}
	}
	return c.call
}

// under reports whether the directive stands above the text, above the call or
// above its statement.
func (c *checker) under(directive string, e ast.Expr) bool {
	for _, n := range []ast.Node{e, c.call, c.statement()} {
		if c.reasons.Above(directive, c.pass.Fset.Position(n.Pos()).Line) {
			return true
		}
	}
	return false
}
