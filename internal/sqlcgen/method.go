package sqlcgen

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// constant is the constant with the SQL of a query's method, "" for any other
// function.
func (r *reader) constant(fn *ast.FuncDecl) string {
	if fn.Recv == nil || fn.Body == nil {
		return ""
	}
	found := ""
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			text := r.constants[id.Name]
			if strings.HasPrefix(text, "-- name: "+fn.Name.Name+" :") {
				found = id.Name
			}
		}
		return found == ""
	})
	return found
}

// method reads a query's method.
func (r *reader) method(fn *ast.FuncDecl) (*Method, error) {
	m := &Method{Name: fn.Name.Name, Const: r.constant(fn)}
	m.SQL = r.constants[m.Const]
	head, _, _ := strings.Cut(m.SQL, "\n")
	m.Cmd = strings.TrimSpace(strings.TrimPrefix(head, "-- name: "+m.Name))
	for _, p := range r.fields(fn.Type.Params) {
		if p.Type != "context.Context" && p.Type != "DBTX" {
			m.Signature = append(m.Signature, p)
		}
	}
	if len(m.Signature) == 1 {
		if t := strings.TrimPrefix(m.Signature[0].Type, "*"); t == m.Name+"Params" {
			m.ArgsType = r.structs[t]
		}
	}
	if err := r.args(m, fn.Body); err != nil {
		return nil, err
	}
	if m.Cmd == ":one" || m.Cmd == ":many" {
		t := strings.TrimPrefix(r.text(fn.Type.Results.List[0].Type), "[]")
		if m.Cmd == ":one" { // a scalar row may be a slice itself
			t = r.text(fn.Type.Results.List[0].Type)
		}
		m.Row, m.RowPtr = strings.TrimPrefix(t, "*"), strings.HasPrefix(t, "*")
		m.RowType = r.structs[m.Row]
		if m.RowType == nil { // *string is a value that may be NULL
			m.Row, m.RowPtr = t, false
		}
		return m, r.scan(m, fn.Body)
	}
	return m, nil
}

// args reads what the method binds: the arguments after the query's text, or,
// where there is a slice, what is appended to queryParams.
func (r *reader) args(m *Method, body *ast.BlockStmt) error {
	var markers []string
	var err error
	add := func(x ast.Expr, slice bool) {
		a := Arg{Expr: r.text(x), Slice: slice}
		a.Name = a.Expr[strings.LastIndexByte(a.Expr, '.')+1:]
		fields := m.Signature
		if m.ArgsType != nil {
			fields = m.ArgsType.Fields
		}
		for _, f := range fields {
			if f.Name == a.Name {
				a.Type = f.Type
			}
		}
		if a.Type == "" {
			err = fmt.Errorf("it binds %s, whose type is not to be found", a.Expr)
		}
		m.Args = append(m.Args, a)
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt: // for _, v := range arg.Ids { queryParams = append(queryParams, v) }
			if appends(n.Body) {
				add(n.X, true)
				return false
			}
		case *ast.CallExpr:
			switch name := called(n); {
			case name == "append" && isIdent(n.Args[0], "queryParams"):
				add(n.Args[1], false)
			case name == "Replace" && len(n.Args) == 4:
				if text, ok := stringValue(n.Args[1]); ok && !contains(markers, text) {
					markers = append(markers, text)
				}
			case !n.Ellipsis.IsValid():
				for i, x := range n.Args {
					if isIdent(x, m.Const) {
						for _, bound := range n.Args[i+1:] {
							add(bound, false)
						}
					}
				}
			}
		}
		return true
	})
	for i := range m.Args {
		if m.Args[i].Slice {
			if len(markers) == 0 {
				return fmt.Errorf("the marker of %s is not to be found", m.Args[i].Expr)
			}
			m.Args[i].Marker, markers = markers[0], markers[1:]
		}
	}
	return err
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// appends reports whether the block appends v to queryParams.
func appends(b *ast.BlockStmt) bool {
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && called(call) == "append" && isIdent(call.Args[0], "queryParams") {
			found = true
		}
		return !found
	})
	return found
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func isIdent(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}

// scan reads the destinations of the method's Scan.
func (r *reader) scan(m *Method, body *ast.BlockStmt) error {
	var err error
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || called(call) != "Scan" {
			return true
		}
		for _, x := range call.Args {
			ref, ok := x.(*ast.UnaryExpr)
			if !ok || ref.Op != token.AND {
				err = fmt.Errorf("it scans into %s, which SQLite's driver cannot do", r.text(x))
				return false
			}
			_, name, _ := strings.Cut(r.text(ref.X), ".")
			f := Field{name, r.typeOf(m, name)}
			if f.Type == "" {
				err = fmt.Errorf("it scans into %s, whose type is not to be found", r.text(ref.X))
			}
			m.Scan = append(m.Scan, f)
		}
		return false
	})
	return err
}

// typeOf is the type at a path below the row.
func (r *reader) typeOf(m *Method, path string) string {
	if path == "" {
		return m.Row
	}
	t, s := "", m.RowType
	for name := range strings.SplitSeq(path, ".") {
		if s == nil {
			return ""
		}
		t = ""
		for _, f := range s.Fields {
			if f.Name == name {
				t = f.Type
			}
		}
		s = r.structs[t]
	}
	return t
}
