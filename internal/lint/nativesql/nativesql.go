// Package nativesql finds raw SQL in Go code that does not say why it is there.
//
// # What it reports
//
//   - A query given to a DB, Tx, Conn or Stmt-like type with the methods of
//     database/sql, without "// @native-sql <why>" on the line above. The type may
//     be database/sql's own, an interface such as sqlc's DBTX, a wrapper such as
//     sqlx, a driver's connection, a function of sqlx or of sqlitex, or D1's prepare
//     through syscall/js. The call may also be of a method
//     value, or of a field, a parameter or an element that has the type of such a
//     method. The directive stands above the line of the query, or above its
//     statement. In the package comment it holds for the whole package, for one
//     that is itself a layer over the database. It does not count after code on the
//     same line, in a block comment, above the surrounding function or above the
//     constant. These do not count as a reason: fewer than three different words,
//     <why>, TODO and the like, and words that only say that raw SQL is needed
//     here. The same reason may stand above several queries.
//   - Names that are not in the schema in any other constant that is a statement, as in
//     a table of queries, and in what is handed to another package's function or field
//     that puts it into a query.
//   - What callers put together for a function that passes its parameter on as SQL,
//     also in other packages. A reason in that function holds for their constants.
//   - A text in squirrel's Expr, Where, Having, Column, Select, From, Join,
//     OrderBy, GroupBy, Prefix, Suffix, Case, ConcatExpr and the like, or as a key
//     of Eq and the like, that says more than names, values, comparisons with AND,
//     OR and NOT, and COUNT, SUM, MIN, MAX, AVG and TOTAL of a name: a function, a
//     calculation, CASE, a subquery, WITH, ON CONFLICT. RETURNING with names is not
//     reported.
//   - A query that is put together from strings which are not constant, by +, +=,
//     fmt, strings.Join, a strings.Builder or a template, also in a variable or by
//     a function of the package. Also a query that comes from outside as a whole:
//     from the environment, a request, a file, a row, or a variable that any package
//     may set. Also such a text, or one that is not known, in Expr, Where, Having,
//     Column, OrderByClause and JoinClause. Only "// @native-sql-dynamic <why>"
//     silences this. Where several statements stand on what one function gets from
//     outside, or on one variable or field, that is reported, with their number. The
//     directive above it holds for all of them.
//   - A constant query, with or without its directive, that SQLite refuses on the
//     migrated schema, or that does not have as many parameters as arguments, or as
//     many columns as the Scan of its row or rows has destinations. A variable that
//     is only assigned constants is constant. Of a query with parts that are not, the
//     names are checked, if it is clear what stands in those places: a value, an
//     order, a condition, or something more at the end.
//   - A constant statement about a table with soft delete that does not mention the column,
//     without "// @with-deleted <why>" above it, and one that changes rows and leaves
//     updated_at or the version as it was, without "// @not-updated <why>". drey generate
//     warns of those in sql/.
//
// # What it does not report
//
// Generated files, tests, and packages that register goose migrations in Go, which
// are the place for raw SQL. Names that are not constant in squirrel's other
// methods: squirreltraps reports those. A query that squirrel's ToSql has made. A
// method that only passes its own query on to a method of the same kind: its
// callers are looked at. A query in a parameter is raw SQL, but is not called
// dynamic. Whether a text is made of constants is decided as in squirreltraps. No
// query is prepared if sqlc.yaml is absent or broken, or leaves a block to sqlc as
// a whole (as one of another engine). If the blocks have several schemas, a query is
// wrong if all of them refuse it. If the module requires the driver of another
// database, only names are reported, and those of a query for that database only if
// they resemble one of the schema. squirrelcols says which queries are.
// What is given to an interface of the project's own with other methods than those of
// database/sql, and than those like sqlx's Get and Select, is looked at where the whole of a
// module is: if a method that it may be runs it, that is reported there. So is what is given to
// a function that is called as a value, out of a field, a map or a channel, or in another
// package: it may be any function that becomes a value of that type. Not followed are a value
// that a generic function of another package calls, and a Scan that is called as a value.
// Left alone are PRAGMA, DDL and transactions, and what comes after them in one
// string, combinations of parts that have several values each, functions, modules
// and collations that SQLite does not know, and the tables that squirrelcols leaves
// alone.
//
// # How to fix it
//
// Write the query into sql/, or build it from the generated columns. If neither can
// express it, say why on the line above. A suggested fix writes the skeleton of the
// comment; the query is still reported until the why is written.
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

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/fragment"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/project"
)

// New makes the nativesql analyzer, for packages of these projects.
func New(projects *project.Projects) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:      "nativesql",
		Doc:       "find raw SQL without a reason, built from strings, or wrong on the migrated schema",
		Requires:  []*analysis.Analyzer{inspect.Analyzer, dataflow.Analyzer},
		FactTypes: []analysis.Fact{new(wrapper), new(handed)},
		Run:       func(pass *analysis.Pass) (any, error) { return run(pass, policy.Of(projects, pass)) },
	}
}

func run(pass *analysis.Pass, project policy.Project) (any, error) {
	if migrations(pass) {
		return nil, nil
	}
	files, generated := map[string]*ast.File{}, map[string]bool{}
	for _, f := range pass.Files {
		name := pass.Fset.Position(f.FileStart).Filename
		if !project.Skips(f, name) {
			files[name] = f
		} else if ast.IsGenerated(f) {
			generated[name] = true // its functions may take SQL
		}
	}
	values := pass.ResultOf[dataflow.Analyzer].(*dataflow.Values)
	reasons := policy.ReadPackage(pass.Fset, pass.Files)
	causes := &dataflow.Causes{Pass: pass, Flow: values, Project: project, Reasons: reasons}
	defer causes.Report()
	var calls []checker
	var sources []ast.Expr // of squirrel's statements
	db := newDatabase(pass, project, func() (list []string) {
		for _, c := range calls {
			if c.arg >= 0 && !c.generated {
				texts, _ := values.Occurring(c.call.Args[c.arg])
				list = append(list, texts...)
			}
		}
		for _, e := range sources {
			if text, ok := values.Text(e); ok && text != "" {
				list = append(list, "SELECT 1 FROM "+text)
			}
		}
		return list
	})
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	in.WithStack([]ast.Node{(*ast.CallExpr)(nil), (*ast.CompositeLit)(nil), (*ast.AssignStmt)(nil)}, func(n ast.Node, push bool, stack []ast.Node) bool {
		f, ok := stack[0].(*ast.File)
		name := pass.Fset.Position(f.FileStart).Filename
		if !push || !ok || files[name] == nil && !generated[name] {
			return push
		}
		c := checker{pass: pass, database: db, project: project, flow: values, reasons: reasons[f], causes: causes, stack: stack, file: name, generated: generated[name]}
		if !c.generated {
			c.hands(n)
		}
		switch n := n.(type) {
		case *ast.CompositeLit:
			if !c.generated {
				c.keys(n)
			}
			return true
		case *ast.AssignStmt:
			return true
		case *ast.CallExpr:
			c.call = n
		}
		c.fn, c.before = called(pass.TypesInfo, values, c.call)
		switch {
		case c.generated:
			if c.arg = -1; c.takes() || c.fn != nil && len(c.call.Args) > 0 && mayWrap(pass, c.fn) {
				c.stack = slices.Clone(stack)
				calls = append(calls, c)
			}
		case c.fn != nil && builder.IsSquirrel(c.fn.Pkg()):
			if slices.Contains(sourcing, c.fn.Name()) && len(c.call.Args) > 0 {
				sources = append(sources, c.call.Args[0])
			}
			if c.fn.Name() == "Expr" && len(c.call.Args) > 0 {
				c.expr(c.call.Args[0])
			} else {
				c.clause(c.fn.Name())
			}
		case isExpr(c.fn) && len(c.call.Args) > 1:
			c.expr(c.call.Args[1])
			c.ofSource(c.call.Args[0], c.call.Args[1])
		case c.takes():
			c.stack = slices.Clone(stack)
			calls = append(calls, c)
		case c.fn != nil && len(c.call.Args) > 0 && mayWrap(pass, c.fn):
			c.arg = -1 // unless it is a wrapper
			c.stack = slices.Clone(stack)
			calls = append(calls, c)
		}
		return true
	})
	passed := wrappers(pass, values, calls)
	(&checker{pass: pass, flow: values}).exportHanded(calls)
	for _, c := range calls {
		if c.generated {
			continue
		}
		if c.arg >= 0 {
			c.query()
		} else if w, ok := passed.of(c.fn); ok && w.Arg+c.before < len(c.call.Args) {
			c.arg = w.Arg + c.before
			c.wrapped(w.Reason)
		}
	}
	for name, f := range files {
		c := checker{pass: pass, database: db, project: project, flow: values, reasons: reasons[f], causes: causes, file: name}
		c.constants(f)
	}
	return nil, nil
}

// sourcing are squirrel's functions and methods that take a table.
var sourcing = []string{"From", "Into", "Table", "Insert", "Replace", "Update", "Delete"}

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

// isText reports whether a type is a string.
func isText(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

type checker struct {
	pass     *analysis.Pass
	database *database
	project  policy.Project
	flow     *dataflow.Values
	reasons  policy.Reasons
	causes   *dataflow.Causes
	stack    []ast.Node
	call     *ast.CallExpr
	fn       *types.Func // nil where a function value is called
	method   string      // of database/sql, or one like it
	before   int         // how many arguments come before those of the parameters
	arg      int         // the index of the SQL among the arguments
	file     string

	generated bool // the file is, and is not looked at but for functions that take SQL
}

// isExpr reports whether a function is the Expr of a data layer's runtime.
func isExpr(fn *types.Func) bool {
	return fn != nil && fn.Name() == "Expr" && fn.Signature().Recv() == nil && fn.Pkg() != nil && fn.Pkg().Scope().Lookup("Contract2") != nil
}

// expr checks the text of squirrel's Expr, or of the runtime's.
func (c *checker) expr(text ast.Expr) {
	texts, constant := c.flow.Texts(text)
	switch {
	case !constant && !c.flow.Trusted(text):
		c.injection(text, true)
	case constant && !slices.ContainsFunc(texts, func(s string) bool { return !plain("SELECT ", s) }):
	default:
		c.reason(text)
	}
}

// ofSource prepares an expression over the columns of a source of the generated package.
func (c *checker) ofSource(source, text ast.Expr) {
	texts, constant := c.flow.Texts(text)
	r, ok := c.database.sources()[c.marker(source)]
	if !constant || !ok {
		return
	}
	for _, s := range texts {
		c.prepare(text, fragment.Text{SQL: "SELECT (" + s + ") FROM " + r.From()}, true, false)
	}
}

// marker is the name of the type that marks a source of the generated package, "" if it is
// not of that package.
func (c *checker) marker(source ast.Expr) string {
	p, ok := types.Unalias(c.pass.TypesInfo.TypeOf(source)).(*types.Pointer)
	if !ok {
		return ""
	}
	q, ok := types.Unalias(p.Elem()).(*types.Named)
	if !ok || q.TypeArgs().Len() == 0 {
		return ""
	}
	of, ok := types.Unalias(q.TypeArgs().At(0)).(*types.Named)
	if g := c.project.Generated(c.pass.Pkg); !ok || g == nil || of.Obj().Pkg() != g.Package {
		return ""
	}
	return of.Obj().Name()
}

// query checks a query that is handed to a database.
func (c *checker) query() {
	query := c.call.Args[c.arg]
	if c.flow.Comes(query, rendered) || c.handsOn(query) || c.intercepts(query) {
		return
	}
	c.check(query, !c.ofDriver())
	if fn, _ := c.flow.Parameter(query); fn == nil && c.flow.Built(query) {
		c.injection(query, true)
	} else {
		c.reason(query)
	}
}

// wrapped checks a query that is given to a wrapper. A reason in the wrapper holds
// for its callers' constants, but not for what they put together.
func (c *checker) wrapped(reason bool) {
	query := c.call.Args[c.arg]
	if !isText(c.pass.TypesInfo.TypeOf(query)) || c.flow.Comes(query, rendered) {
		return
	}
	if c.flow.Built(query) {
		c.injection(query, false)
	}
	c.check(query, false)
}

// rendered reports whether a function makes SQL of a squirrel statement.
func rendered(fn *types.Func) bool {
	return (fn.Name() == "ToSql" || fn.Name() == "MustSql") && fn.Signature().Recv() != nil
}

// handsOn reports whether the query is the parameter of a method that itself counts
// as one of database/sql.
func (c *checker) handsOn(query ast.Expr) bool {
	fn, at := c.flow.Parameter(query)
	if fn == nil || fn.Signature().Recv() == nil || databaseSQL(fn.Signature().Results()) == "" {
		return false
	}
	arg, takes := queryArg[fn.Name()]
	return takes && arg == at
}

// intercepts reports whether the query is what a method between database/sql and a driver
// has got, which only passes it on.
func (c *checker) intercepts(query ast.Expr) bool {
	fn, _ := c.flow.Parameter(query)
	return fn != nil && c.fn != nil && c.fn.Pkg().Path() == "database/sql/driver"
}

// ofDriver reports whether the method is one of a driver, which has its arguments in a list.
func (c *checker) ofDriver() bool {
	if c.fn == nil || c.fn.Signature().Results().Len() == 0 {
		return false
	}
	t := c.fn.Signature().Results().At(0).Type()
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "database/sql/driver"
}

// injection reports text that can be injected into. Where it turns out that it cannot,
// it may still need a reason.
func (c *checker) injection(e ast.Expr, reason bool) {
	if c.under(policy.Dynamic, e) {
		return
	}
	var in *ast.FuncDecl
	if len(c.stack) > 1 {
		in, _ = c.stack[1].(*ast.FuncDecl)
	}
	d := c.diagnostic(e, policy.Dynamic, "SQL built from strings that are not constant can be injected into; bind values as arguments, or say why it is safe in // "+policy.Dynamic+" <why> on the line above")
	var otherwise []analysis.Diagnostic
	if reason && !c.under(policy.Native, e) {
		otherwise = append(otherwise, c.raw(e))
	}
	c.causes.Add(c.flow.Outside(e), in, d, otherwise...)
}

// reason reports raw SQL without a reason.
func (c *checker) reason(e ast.Expr) bool {
	if c.under(policy.Native, e) || c.under(policy.Dynamic, e) {
		return true
	}
	c.pass.Report(c.raw(e))
	return false
}

func (c *checker) raw(e ast.Expr) analysis.Diagnostic {
	texts, _ := c.flow.Texts(e)
	return c.diagnostic(e, policy.Native, "raw SQL without a reason; "+advice(texts)+" in // "+policy.Native+" <why> on the line above")
}

// diagnostic makes a report whose fix writes the skeleton of a directive above the
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

// statement returns the statement or declaration around the call.
func (c *checker) statement() ast.Node {
	for i := len(c.stack) - 1; i >= 0; i-- {
		switch n := c.stack[i].(type) {
		case ast.Stmt, *ast.ValueSpec:
			return n
		}
	}
	return c.stack[len(c.stack)-1]
}

// under reports whether the directive stands above the text, above the call or
// above its statement.
func (c *checker) under(directive string, e ast.Expr) bool {
	for _, n := range []ast.Node{e, c.stack[len(c.stack)-1], c.statement()} {
		if c.reasons.Above(directive, c.pass.Fset.Position(n.Pos()).Line) {
			return true
		}
	}
	return false
}
