package sqlc

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// body is a method while its body is being read. What sqlc writes there is in its
// templates/stdlib/queryCode.tmpl.
type body struct {
	*reader
	*Method
}

// args reads what the method binds.
func (b *body) args(statements []ast.Stmt) error {
	bindings, err := b.bindings(statements)
	if err != nil {
		return err
	}
	for _, bound := range bindings {
		if err := b.add(bound); err != nil {
			return err
		}
	}
	return nil
}

// binding is an expression that the method binds.
type binding struct {
	value  ast.Expr // what is bound: arg.UserID, or v for an element of a slice
	slice  ast.Expr // the slice that it is an element of; nil for any other value
	marker string   // the text that the slice replaces
}

// bindings returns the arguments after the query's text or, if there is a slice,
// what the method's statements append to queryParams.
func (b *body) bindings(statements []ast.Stmt) (list []binding, err error) {
	for _, s := range statements {
		if branch, ok := s.(*ast.IfStmt); ok {
			bound, err := b.slice(branch)
			if err != nil {
				return nil, err
			}
			if bound.slice != nil {
				list = append(list, bound)
			}
			continue
		}
		for _, call := range calls(s) {
			var bound []ast.Expr
			if appended(call) {
				bound = call.Args[1:]
			} else if i := slices.IndexFunc(call.Args, func(x ast.Expr) bool { return isIdent(x, b.Const) }); i >= 0 && called(call) != "append" {
				bound = call.Args[i+1:] // a query called Items gives its method the name of sqlc's list of rows
			}
			for _, x := range bound {
				list = append(list, binding{value: x})
			}
		}
	}
	return list, nil
}

// slice reads
//
//	if len(arg.Ids) > 0 {
//		for _, v := range arg.Ids { queryParams = append(queryParams, v) }
//		query = strings.Replace(query, "/*SLICE:ids*/?", …, 1)
//	} else …
//
// and returns nothing for any other if.
func (b *body) slice(branch *ast.IfStmt) (bound binding, err error) {
	for _, s := range branch.Body.List {
		if loop, ok := s.(*ast.RangeStmt); ok {
			bound.slice = loop.X
			for _, call := range calls(loop.Body) {
				if appended(call) {
					bound.value = call.Args[1]
				}
			}
			continue
		}
		for _, call := range calls(s) {
			if called(call) == "Replace" && len(call.Args) == 4 {
				bound.marker, _ = stringValue(call.Args[1])
			}
		}
	}
	if bound.slice != nil && (bound.marker == "" || bound.value == nil) {
		return bound, fmt.Errorf("the text that %s replaces is not to be found", b.text(bound.slice))
	}
	return bound, nil
}

// add adds a bound argument.
func (b *body) add(bound binding) error {
	x, via := through(bound.value)
	if bound.slice != nil {
		x = bound.slice
	}
	a := Arg{Expr: b.text(x), Slice: bound.slice != nil, Marker: bound.marker, Via: via}
	fields := b.Signature
	name := a.Expr
	if b.ArgsType != nil {
		fields = b.ArgsType.Fields
		name = strings.TrimPrefix(name, b.Signature[0].Name+".")
	}
	for _, f := range fields {
		if f.Name == name {
			a.Name, a.Type = f.Name, f.Type
			b.Args = append(b.Args, a)
			return nil
		}
	}
	if strings.HasPrefix(b.text(bound.value), "pq.Array(") {
		return fmt.Errorf("it binds %s, which is for PostgreSQL: an override has given the parameter a slice for its type", b.text(bound.value))
	}
	return fmt.Errorf("it binds %s, which is none of its parameters", a.Expr)
}

// through splits f(x), where f is a function of the package that drey has put there
// (see [Package.Complete]).
func through(x ast.Expr) (inner ast.Expr, via string) {
	if call, ok := x.(*ast.CallExpr); ok && len(call.Args) == 1 {
		if f, ok := call.Fun.(*ast.Ident); ok {
			return call.Args[0], f.Name
		}
	}
	return x, ""
}

// scan reads the destinations of the method's Scan.
func (b *body) scan(body *ast.BlockStmt) error {
	for _, x := range destinations(body) {
		to, via := through(x)
		ref, ok := to.(*ast.UnaryExpr)
		if !ok || ref.Op != token.AND {
			return fmt.Errorf("it scans into %s, which is for PostgreSQL: an override has given the column a slice for its type", b.text(x))
		}
		_, path, _ := strings.Cut(b.text(ref.X), ".")
		f := Field{path, b.typeOf(path), via}
		if f.Type == "" {
			return fmt.Errorf("it scans into %s, whose type is not to be found", b.text(ref.X))
		}
		b.Scan = append(b.Scan, f)
	}
	if len(b.Scan) == 0 {
		return fmt.Errorf("it is %s and its method reads no column; sqlc knows none of a bare VALUES, which SELECT … UNION ALL SELECT … can replace", b.Cmd)
	}
	return nil
}

// destinations returns the arguments of the method's Scan.
func destinations(body *ast.BlockStmt) (list []ast.Expr) {
	for _, call := range calls(body) {
		if called(call) == "Scan" {
			list = append(list, call.Args...)
		}
	}
	return list
}

// typeOf returns the type at a path below the row, or "".
func (b *body) typeOf(path string) string {
	if path == "" {
		return b.Row
	}
	t, s := "", b.RowType
	for name := range strings.SplitSeq(path, ".") {
		if s == nil {
			return ""
		}
		i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name })
		if i < 0 {
			return ""
		}
		t = s.Fields[i].Type
		s = b.structs[t]
	}
	return t
}
