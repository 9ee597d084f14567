package syntax

import (
	"reflect"

	"github.com/sqlc-dev/meyer/ast"
)

// simplifier puts a plainer expression in the place of each one below a node that
// [Parse] has another form for. It goes through all fields of all nodes, so that
// no place of an expression can be forgotten.
type simplifier struct {
	sql     string
	notNull []ast.Span // what follows the operand of x NOT NULL, in two words
}

var exprType = reflect.TypeFor[ast.Expr]()

func (s *simplifier) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		if v.Type() == exprType {
			v.Set(reflect.ValueOf(s.plain(v.Interface().(ast.Expr))))
		}
		s.value(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			s.value(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			s.value(v.Index(i))
		}
	}
}

// plain is an expression in its plain form, what is below it left as it is.
func (s *simplifier) plain(x ast.Expr) ast.Expr {
	switch x := x.(type) {
	case *ast.ParenExpr:
		return s.plain(x.X)
	case *ast.Ident:
		return &ast.QualifiedRef{Span: x.Span, Parts: []*ast.Ident{x}}
	case *ast.IsExpr:
		if l, ok := s.plain(x.Y).(*ast.Literal); ok && l.Kind == ast.LitNull {
			test := ast.TestIsNull
			if x.Not != x.Distinct { // IS DISTINCT FROM is IS NOT
				test = ast.TestNotNull
			}
			return &ast.NullCheckExpr{Span: x.Span, Test: test, X: x.X}
		}
	case *ast.NullCheckExpr:
		if x.Test == ast.TestNotNullWords {
			s.notNull = append(s.notNull, ast.Span{Start: x.X.End(), Stop: x.Stop})
			x.Test = ast.TestNotNull
		}
	case *ast.FuncCall:
		s.unmask(x)
	}
	return x
}
