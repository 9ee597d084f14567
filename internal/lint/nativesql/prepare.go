package nativesql

import (
	"errors"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// others are the statements that can be wrong for more reasons than the schema, or
// that SQLite already executes when it prepares them.
var others = []string{
	"ALTER", "ANALYZE", "ATTACH", "BEGIN", "COMMIT", "CREATE", "DETACH", "DROP", "END", "PRAGMA",
	"REINDEX", "RELEASE", "ROLLBACK", "SAVEPOINT", "VACUUM",
}

// unknown are the beginnings of messages about what a program may add itself.
var unknown = []string{"no such table", "no such function", "no such module", "no such collation", "unknown database"}

// prepare asks SQLite about one text of a query. Arguments and Scans are compared
// if it is the only text.
func (c *checker) prepare(query ast.Expr, text string, only bool) {
	tokens := sqltext.Significant(text)
	if policy.OtherDatabase(c.pass.Pkg) || len(tokens) == 0 || slices.ContainsFunc(others, tokens[0].Is) {
		return
	}
	taken, err := c.project.Describe(text)
	var refused *sqlite.Error
	switch {
	case errors.As(err, &refused):
		if !slices.ContainsFunc(unknown, func(k string) bool { return strings.HasPrefix(refused.Msg, k) }) {
			c.pass.Reportf(query.Pos(), "SQLite refuses this on the migrated schema: %s", refused.Msg)
		}
		return
	case err != nil || taken[0].Empty || strings.TrimSpace(taken[0].Tail) != "":
		return
	}
	if !only || c.fn != nil && c.fn.Pkg().Path() != "database/sql" && queryArg[c.method] != c.arg || c.method == "Call" {
		return
	}
	if strings.HasPrefix(c.method, "Prepare") {
		c.statements(taken)
		return
	}
	c.arguments(query, taken[0], c.call, c.call.Args[c.arg+1:])
	if strings.HasPrefix(c.method, "Query") {
		c.scans(taken, c.call, c.stack[len(c.stack)-2], c.stack[len(c.stack)-3])
	}
}

// statements checks the calls of a prepared statement in a local variable that
// holds no other statement.
func (c *checker) statements(taken []*sqlite.Stmt) {
	assign, ok := c.stack[len(c.stack)-2].(*ast.AssignStmt)
	if !ok || len(assign.Rhs) != 1 {
		return
	}
	obj := c.flow.Object(assign.Lhs[0])
	if !dataflow.Local(obj) || len(c.flow.Assignments(obj)) != 1 {
		return
	}
	for name, arg := range queryArg {
		if strings.HasPrefix(name, "Prepare") {
			continue
		}
		for _, call := range c.flow.Method(obj, name) {
			if len(call.Args) < arg {
				continue
			}
			c.arguments(call, taken[0], call, call.Args[arg:])
			path, _ := astutil.PathEnclosingInterval(c.stack[0].(*ast.File), call.Pos(), call.End())
			if i := slices.Index(path, ast.Node(call)); i >= 0 && i+2 < len(path) && strings.HasPrefix(name, "Query") {
				c.scans(taken, call, path[i+1], path[i+2])
			}
		}
	}
}

// arguments compares the arguments of a call with the parameters of its query.
func (c *checker) arguments(at ast.Expr, stmt *sqlite.Stmt, call *ast.CallExpr, args []ast.Expr) {
	given := len(args)
	if call.Ellipsis.IsValid() {
		list, ok := c.flow.List(args[len(args)-1])
		if !ok {
			return
		}
		args = append(slices.Clone(args[:len(args)-1]), list...)
		given = len(args)
	}
	if n := len(stmt.Params); positional(c.pass.TypesInfo, stmt, args) && n != given {
		c.pass.Reportf(at.Pos(), "the query has %d parameters, and %d arguments are given", n, given)
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

// scans compares the columns of a query with the Scan on its row, or on the
// variable that its row or rows are assigned to, if nothing else is. A SELECT * has
// other columns in another database that accepts it, so one of them has to fit.
// parents are the nodes around the call.
func (c *checker) scans(taken []*sqlite.Stmt, call *ast.CallExpr, parents ...ast.Node) {
	var list []*ast.CallExpr
	switch parent := parents[0].(type) {
	case *ast.SelectorExpr:
		scan, called := parents[1].(*ast.CallExpr)
		if called && parent.Sel.Name == "Scan" && scan.Fun == parent {
			list = append(list, scan)
		}
	case *ast.AssignStmt:
		obj := c.flow.Object(parent.Lhs[0])
		if len(parent.Rhs) == 1 && dataflow.Local(obj) && len(c.flow.Assignments(obj)) == 1 {
			list = c.flow.Method(obj, "Scan")
		}
	}
	for _, scan := range list {
		given := len(scan.Args)
		if scan.Ellipsis.IsValid() {
			elements, ok := c.flow.List(scan.Args[given-1])
			if !ok {
				continue
			}
			given += len(elements) - 1
		}
		if !slices.ContainsFunc(taken, func(s *sqlite.Stmt) bool { return len(s.Columns) == given }) {
			c.pass.Reportf(scan.Pos(), "the query has %d columns, and Scan has %d destinations", len(taken[0].Columns), given)
		}
	}
}
