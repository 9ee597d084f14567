package sqlc

import (
	"go/ast"
	"strings"
)

// constant returns the constant with the SQL of a query's method, "" for any other
// function.
func (r *reader) constant(fn *ast.FuncDecl) string {
	if fn.Recv == nil || fn.Body == nil {
		return ""
	}
	found := ""
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && strings.HasPrefix(r.constants[id.Name], "-- name: "+fn.Name.Name+" :") {
			found = id.Name
		}
		return found == ""
	})
	return found
}

// method reads a query's method.
func (r *reader) method(fn *ast.FuncDecl) (*Method, error) {
	if err := r.clash(fn); err != nil {
		return nil, err
	}
	m := &Method{Name: fn.Name.Name, Const: r.constant(fn)}
	m.SQL = r.constants[m.Const]
	head, _, _ := strings.Cut(m.SQL, "\n")
	m.Cmd = strings.TrimSpace(strings.TrimPrefix(head, "-- name: "+m.Name))
	for i, p := range r.fields(fn.Type.Params) {
		if i == 0 || i == 1 && p == (Field{Name: "db", Type: "DBTX"}) { // ctx, db
			continue
		}
		m.Signature = append(m.Signature, p)
	}
	if len(m.Signature) == 1 {
		if t := strings.TrimPrefix(m.Signature[0].Type, "*"); t == m.Name+"Params" {
			m.ArgsType = r.structs[t]
		}
	}
	b := &body{reader: r, Method: m}
	if err := b.args(fn.Body.List); err != nil {
		return nil, err
	}
	if m.Cmd != ":one" && m.Cmd != ":many" {
		return m, nil
	}
	m.Row = r.text(fn.Type.Results.List[0].Type)
	if m.Cmd == ":many" {
		m.Row = strings.TrimPrefix(m.Row, "[]")
	}
	if s := r.structs[strings.TrimPrefix(m.Row, "*")]; s != nil { // *string is a value that may be NULL
		m.RowType, m.RowPtr = s, strings.HasPrefix(m.Row, "*")
		m.Row = s.Name
	}
	return m, b.scan(fn.Body)
}
