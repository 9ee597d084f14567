package nativesql

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	sqlast "github.com/sqlc-dev/meyer/ast"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/fragment"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// begins matches the beginning of a statement. In a sentence, the first letter alone
// is a capital, or what follows is not a statement's.
var begins = regexp.MustCompile(`^\s*(?:SELECT|INSERT|REPLACE|UPDATE|DELETE|WITH|select|insert|replace|update|delete|with)\s`)

// constants checks the names in the constant statements of a file that no call of a
// database is known to take: those of tables of queries, of libraries, and of
// functions that cannot be followed.
func (c *checker) constants(f *ast.File) {
	taken := c.database.taken
	var stack []ast.Node
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		tv := c.pass.TypesInfo.Types[e]
		if tv.Value == nil || tv.Value.Kind() != constant.String {
			return true
		}
		switch e.(type) {
		case *ast.BasicLit, *ast.BinaryExpr:
			text := constant.StringVal(tv.Value)
			if !taken[text] && begins.MatchString(text) && c.stands(e, stack) && c.isStatement(text) {
				taken[text] = true
				own := *c
				own.stack = stack[:len(stack)-1]
				own.prepare(e, fragment.Text{SQL: text}, false, false)
			}
		}
		stack = stack[:len(stack)-1]
		return false
	})
}

// stands reports whether a constant is a text by itself: not a part of another one, a
// format, or a clause of squirrel's, which are looked at elsewhere.
func (c *checker) stands(e ast.Expr, stack []ast.Node) bool {
	for i := len(stack) - 2; i >= 0; i-- {
		switch p := stack[i].(type) {
		case *ast.ParenExpr:
		case *ast.BinaryExpr:
			return false
		case *ast.CallExpr:
			fn, _ := called(c.pass.TypesInfo, c.flow, p)
			if fn == nil || fn.Pkg() == nil {
				return false
			}
			if builder.IsSquirrel(fn.Pkg()) {
				return fn.Name() == "Expr"
			}
			// A function of the package may put it into another text; others that take
			// SQL are wrappers, whose callers are looked at.
			return !composing[fn.Pkg().Path()] && c.flow.Body(fn.Origin()) == nil
		case *ast.AssignStmt:
			for _, left := range p.Lhs {
				if c.database.parts()[c.flow.Object(left)] {
					return false
				}
			}
			return true
		case *ast.ValueSpec:
			for _, name := range p.Names {
				if c.database.parts()[c.pass.TypesInfo.Defs[name]] {
					return false
				}
			}
			return true
		default:
			return true
		}
	}
	return true
}

// composing are the packages whose functions make other texts of a text.
var composing = map[string]bool{
	"fmt": true, "errors": true, "strings": true, "bytes": true, "regexp": true, "text/template": true, "html/template": true,
	"log": true, "log/slog": true, "testing": true,
}

// parts returns the variables and constants that get more text, or whose text goes
// into another one.
func parts(pass *analysis.Pass) map[types.Object]bool {
	found := map[types.Object]bool{}
	note := func(e ast.Expr) {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok {
			found[pass.TypesInfo.Uses[id]] = true
		}
	}
	for _, f := range pass.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				note(n.X)
				note(n.Y)
			case *ast.AssignStmt:
				if n.Tok == token.ADD_ASSIGN {
					note(n.Lhs[0])
					note(n.Rhs[0])
				}
			case *ast.CallExpr:
				if fn, ok := typeutil.Callee(pass.TypesInfo, n).(*types.Func); ok && fn.Pkg() != nil && composing[fn.Pkg().Path()] {
					for _, a := range n.Args {
						note(a)
					}
				}
			}
			return true
		})
	}
	return found
}

// isStatement reports whether a text is one statement about tables.
func (c *checker) isStatement(text string) bool {
	stmt, err := syntax.Parse(strings.TrimSuffix(strings.TrimSpace(text), ";"))
	if err != nil {
		return false
	}
	switch s := stmt.(type) {
	case *sqlast.SelectStmt:
		q := syntax.Query(s)
		// Words of a sentence can be a SELECT of one column of one table.
		return s.With != nil || q == nil || len(q.From) > 0 && (q.Where != nil || len(q.Columns) > 1 || len(q.From) > 1 || upper(text))
	case *sqlast.InsertStmt, *sqlast.UpdateStmt:
		return true
	case *sqlast.DeleteStmt:
		return s.Where != nil || upper(text)
	}
	return false
}

func upper(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) > 6 && text[:6] == strings.ToUpper(text[:6])
}
