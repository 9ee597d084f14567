package dataflow

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"
)

// beginning lists the functions whose result begins as their first argument does.
var beginning = []string{
	"fmt.Sprintf", "fmt.Sprint", "strings.TrimSpace", "strings.ReplaceAll", "strings.Replace", "strings.ToUpper",
	"strings.ToLower", "strings.Join", "strings.Trim", "strings.TrimRight", "strings.TrimSuffix", "bytes.NewBufferString",
}

// Begins lists the values that a string can have. If they are not known, it lists
// what the string can begin with. For a format that is the format.
func (v *Values) Begins(e ast.Expr) []string {
	v.read()
	b := begins{v, map[types.Object]bool{}, 0}
	return b.text(e)
}

type begins struct {
	*Values
	open  map[types.Object]bool
	steps int
}

func (b *begins) text(e ast.Expr) []string {
	if b.steps++; b.steps > most {
		return nil
	}
	e = ast.Unparen(e)
	if list, ok := b.Texts(e); ok {
		return list
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return b.text(e.X)
	case *ast.CompositeLit:
		var list []string
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				x = kv.Value
			}
			list = append(list, b.text(x)...)
		}
		return list
	case *ast.IndexExpr:
		return b.text(e.X)
	case *ast.CallExpr:
		return b.result(e)
	case *ast.Ident, *ast.SelectorExpr:
		return b.variable(b.Object(e), e)
	}
	return nil
}

// variable returns the beginnings of every value of a variable. A variable that is
// appended to begins with its first value.
func (b *begins) variable(obj types.Object, e ast.Expr) (list []string) {
	if obj == nil || b.open[obj] {
		return nil
	}
	b.open[obj] = true
	defer delete(b.open, obj)
	for _, a := range b.assigned[obj] {
		if a.Expr != nil && !(a.Append && !a.Element) && !a.Key && a.Result == 0 {
			list = append(list, b.text(a.Expr)...)
		}
	}
	return list
}

func (b *begins) result(e *ast.CallExpr) []string {
	sel, _ := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if sel != nil && sel.Sel.Name == "String" {
		if obj := b.Object(sel.X); obj != nil && isBuilder(obj.Type()) {
			for _, call := range b.writes[obj] {
				if args := b.wrote(call); len(args) > 0 {
					return b.text(args[0])
				}
			}
			return b.text(sel.X)
		}
	}
	switch fn := typeutil.Callee(b.Info, e).(type) {
	case *types.Builtin:
		if fn.Name() == "append" && len(e.Args) > 0 {
			return b.text(e.Args[0])
		}
	case *types.Func:
		if len(e.Args) > 0 && slices.Contains(beginning, fn.FullName()) {
			return b.text(e.Args[0])
		}
		decl := b.bodies[fn.Origin()]
		if decl == nil || decl.Body == nil || b.open[fn.Origin()] {
			return nil
		}
		b.open[fn.Origin()] = true
		defer delete(b.open, fn.Origin())
		var list []string
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				if len(n.Results) > 0 {
					list = append(list, b.text(n.Results[0])...)
				}
			}
			return true
		})
		return list
	default:
		if len(e.Args) == 1 && b.Info.Types[e.Fun].IsType() {
			return b.text(e.Args[0])
		}
	}
	return nil
}
