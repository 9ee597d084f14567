package sqlc

import (
	"fmt"
	"go/ast"
	"go/token"
)

// clash finds a parameter, or a column that is read into a variable of its own,
// that has the name of a variable in sqlc's method, such as rows or err. Go refuses
// such a method if a name is declared twice.
func (r *reader) clash(fn *ast.FuncDecl) error {
	names := map[string]bool{}
	for _, p := range r.fields(fn.Type.Params) {
		if names[p.Name] {
			return clashError(p.Name)
		}
		names[p.Name] = true
	}
	for _, s := range fn.Body.List {
		for _, id := range declared(s) {
			if names[id.Name] {
				return clashError(id.Name)
			}
			names[id.Name] = true
		}
		loop, ok := s.(*ast.ForStmt)
		if !ok || len(loop.Body.List) == 0 {
			continue
		}
		for _, id := range declared(loop.Body.List[0]) { // the row
			if id.Name == "rows" || id.Name == "items" {
				return clashError(id.Name)
			}
		}
	}
	return nil
}

// clashError is such a name.
type clashError string

func (name clashError) Error() string {
	return fmt.Sprintf("its parameter or column %s has the name of a variable in sqlc's method", string(name))
}

func (name clashError) fix() string {
	return fmt.Sprintf("give it another name, as in sqlc.arg(%[1]s_value) or AS %[1]s_value", string(name))
}

// declared returns the variables that a statement declares.
func declared(s ast.Stmt) (list []*ast.Ident) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			return nil
		}
		for _, x := range s.Lhs {
			if id, ok := x.(*ast.Ident); ok && id.Name != "_" {
				list = append(list, id)
			}
		}
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok {
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					list = append(list, v.Names...)
				}
			}
		}
	}
	return list
}
