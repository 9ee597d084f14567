package syntax

import (
	"reflect"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// simplifier replaces each expression below a node with its plain form, if [Parse]
// has one. It goes through all fields of all nodes, so that no place of an
// expression can be forgotten.
type simplifier struct {
	sql     string
	notNull []ast.Span // what follows the operand of x NOT NULL, in two words
}

var (
	exprType     = reflect.TypeFor[ast.Expr]()
	typeNameType = reflect.TypeFor[*ast.TypeName]()
)

func (s *simplifier) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		switch v.Type() {
		case exprType:
			v.Set(reflect.ValueOf(s.plain(v.Interface().(ast.Expr))))
		case typeNameType:
			trimType(v.Interface().(*ast.TypeName))
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

// plain returns an expression in its plain form. What is below it stays unchanged.
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

// trimType removes the words GENERATED ALWAYS from the type of a generated column, as
// SQLite does. They are words like any other, so its grammar has them in the type.
func trimType(t *ast.TypeName) {
	if len(t.Raw) < len("GENERATED ALWAYS") {
		return
	}
	words := sqltext.Significant(t.Raw)
	n := len(words) - 2
	if n < 0 || !words[n].Is("GENERATED") || !words[n+1].Is("ALWAYS") {
		return
	}
	var name []string
	for _, w := range words[:n] {
		name = append(name, w.Text)
	}
	t.Name = strings.Join(name, " ")
	t.Raw = strings.TrimSpace(t.Raw[:words[n].Start])
	t.Stop = t.Start + len(t.Raw)
}
