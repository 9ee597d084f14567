package sqlcgen

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// body is a method whose body is being read. What sqlc puts there is in its
// templates/stdlib/queryCode.tmpl.
type body struct {
	*reader
	*Method
}

// args reads what the method binds: the arguments behind the query's text, or,
// where there is a slice, what its statements append to queryParams.
func (b *body) args(statements []ast.Stmt) error {
	for _, s := range statements {
		if branch, ok := s.(*ast.IfStmt); ok {
			if err := b.slice(branch); err != nil {
				return err
			}
			continue
		}
		for _, call := range calls(s) {
			var bound []ast.Expr
			if appended(call) {
				bound = call.Args[1:]
			} else if i := slices.IndexFunc(call.Args, func(x ast.Expr) bool { return isIdent(x, b.Const) }); i >= 0 && called(call) != "append" {
				bound = call.Args[i+1:] // a query Items has the name of sqlc's list of rows
			}
			for _, x := range bound {
				if err := b.add(x, ""); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// slice reads
//
//	if len(arg.Ids) > 0 {
//		for _, v := range arg.Ids { queryParams = append(queryParams, v) }
//		query = strings.Replace(query, "/*SLICE:ids*/?", …, 1)
//	} else …
//
// and nothing from another if.
func (b *body) slice(branch *ast.IfStmt) error {
	var slice ast.Expr
	marker := ""
	for _, s := range branch.Body.List {
		if loop, ok := s.(*ast.RangeStmt); ok {
			slice = loop.X
			continue
		}
		for _, call := range calls(s) {
			if called(call) == "Replace" && len(call.Args) == 4 {
				marker, _ = stringValue(call.Args[1])
			}
		}
	}
	switch {
	case slice == nil:
		return nil
	case marker == "":
		return fmt.Errorf("the text that %s replaces is not to be found", b.text(slice))
	}
	return b.add(slice, marker)
}

// add adds a bound argument; the marker is that of a slice.
func (b *body) add(x ast.Expr, marker string) error {
	a := Arg{Expr: b.text(x), Slice: marker != "", Marker: marker}
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
	if strings.HasPrefix(a.Expr, "pq.Array(") {
		return fmt.Errorf("it binds %s, which is for PostgreSQL: an override has given the parameter a slice for its type", a.Expr)
	}
	return fmt.Errorf("it binds %s, which is none of its parameters", a.Expr)
}

// scan reads the destinations of the method's Scan.
func (b *body) scan(body *ast.BlockStmt) error {
	for _, call := range calls(body) {
		if called(call) != "Scan" {
			continue
		}
		for _, x := range call.Args {
			ref, ok := x.(*ast.UnaryExpr)
			if !ok || ref.Op != token.AND {
				return fmt.Errorf("it scans into %s, which is for PostgreSQL: an override has given the column a slice for its type", b.text(x))
			}
			_, path, _ := strings.Cut(b.text(ref.X), ".")
			f := Field{path, b.typeOf(path)}
			if f.Type == "" {
				return fmt.Errorf("it scans into %s, whose type is not to be found", b.text(ref.X))
			}
			b.Scan = append(b.Scan, f)
		}
	}
	if len(b.Scan) == 0 {
		return fmt.Errorf("it is %s and its method reads no column; sqlc knows none of a bare VALUES, which SELECT … UNION ALL SELECT … can replace", b.Cmd)
	}
	return nil
}

// typeOf is the type at a path below the row, "" where there is none.
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
