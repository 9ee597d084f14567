package nativesql

import (
	"errors"
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/lint/flow"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/sqlite"
)

// judged are the statements that only the schema can make wrong.
var judged = []string{"SELECT", "VALUES", "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE"}

// unknown begin the messages about what a program may bring itself.
var unknown = []string{"no such table", "no such function", "no such module", "no such collation", "unknown database"}

// prepare asks SQLite for one text of a query. Arguments and Scans are compared
// where it is the only one.
func (c *checker) prepare(query ast.Expr, text string, only bool) {
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	if policy.OtherDatabase(c.pass.Pkg) || !slices.ContainsFunc(judged, func(k string) bool { return strings.HasPrefix(strings.ToUpper(word), k) }) {
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
	if !only || strings.HasPrefix(c.fn.Name(), "Prepare") || c.fn.Pkg().Path() != "database/sql" && queryArg[c.fn.Name()] != c.arg || c.fn.Name() == "Call" {
		return
	}
	args := c.call.Args[c.arg+1:]
	if n := len(stmt.Params); !c.call.Ellipsis.IsValid() && positional(c.pass.TypesInfo, stmt, args) && n != len(args) {
		c.pass.Reportf(query.Pos(), "the query has %d parameters, and %d arguments are given", n, len(args))
	}
	for _, scan := range c.scans() {
		if !scan.Ellipsis.IsValid() && len(scan.Args) != len(stmt.Columns) {
			c.pass.Reportf(scan.Pos(), "the query has %d columns, and Scan has %d destinations", len(stmt.Columns), len(scan.Args))
		}
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

// scans are the calls of Scan on the row of the call itself, or on the variable
// that its row or rows are assigned to, if nothing else is.
func (c *checker) scans() (list []*ast.CallExpr) {
	if !strings.HasPrefix(c.fn.Name(), "Query") || len(c.stack) < 3 {
		return nil
	}
	switch parent := c.stack[len(c.stack)-2].(type) {
	case *ast.SelectorExpr:
		call, called := c.stack[len(c.stack)-3].(*ast.CallExpr)
		if called && parent.Sel.Name == "Scan" && call.Fun == parent {
			return []*ast.CallExpr{call}
		}
	case *ast.AssignStmt:
		obj := c.flow.Object(parent.Lhs[0])
		if len(parent.Rhs) != 1 || !flow.Local(obj) || len(c.flow.Assignments(obj)) != 1 {
			return nil
		}
		ast.Inspect(c.stack[0], func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Scan" && c.flow.Object(sel.X) == obj {
					list = append(list, call)
				}
			}
			return true
		})
	}
	return list
}
