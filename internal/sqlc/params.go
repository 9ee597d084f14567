package sqlc

import (
	"fmt"
	"go/ast"
	"strings"
)

// Optional returns the Go type of a parameter that may be left out: a type with a
// value that stands for "left out". The parameter's column is of type column, and
// sqlc may have given the parameter another type.
func Optional(param, column string) string {
	switch {
	case nilable(param) && bare(param) == bare(column):
		return param
	case nilable(column):
		return column
	}
	return "*" + column
}

// nilable reports whether a type is known to have a value that is bound as NULL.
// For a type of another package that is not known.
func nilable(t string) bool {
	for _, prefix := range []string{"*", "[]", "map[", "sql.Null"} {
		if strings.HasPrefix(t, prefix) {
			return true
		}
	}
	switch t[strings.LastIndexByte(t, '.')+1:] {
	case "NullUUID", "NullDecimal": // of well-known packages
		return true
	}
	return t == "any" || t == "interface{}" || t == "JSON" || t == "json.RawMessage"
}

// bare returns a type without what makes it nullable.
func bare(t string) string {
	t = strings.TrimPrefix(t, "*")
	if inner, ok := strings.CutPrefix(t, "sql.Null["); ok {
		return strings.TrimSuffix(inner, "]")
	}
	switch inner, ok := strings.CutPrefix(t, "sql.Null"); {
	case ok && inner == "Time":
		return "time.Time"
	case ok:
		return strings.ToLower(inner)
	}
	return t
}

// Retype gives arguments other types, by method and by the argument's name, and
// returns the changed package. A file that it changes says so in its first comment;
// all other files stay as sqlc wrote them.
func (p *Package) Retype(types map[string]map[string]string) (*Package, error) {
	if len(types) == 0 {
		return p, nil
	}
	names := map[string]bool{}
	for name := range types {
		names[name] = true
	}
	e, err := newEditor(p, names)
	if err != nil {
		return nil, fmt.Errorf("complete sqlc's output: %w", err)
	}
	for _, f := range e.files {
		for _, d := range f.tree.Decls {
			f.retypeIn(d, types)
		}
	}
	files, err := e.apply()
	if err != nil {
		return nil, fmt.Errorf("complete sqlc's output: %w", err)
	}
	return p.Reread(files)
}

// retypeIn looks for arguments in a declaration: fields of a Params struct,
// parameters of a method, or of one in the interface Querier.
func (f *editedFile) retypeIn(d ast.Decl, types map[string]map[string]string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil && receiver(d) == "Queries" {
			f.retypeFields(d.Name.Name, d.Type.Params, types[d.Name.Name])
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			t, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			switch typ := t.Type.(type) {
			case *ast.StructType:
				if method, ok := strings.CutSuffix(t.Name.Name, "Params"); ok {
					f.retypeFields(method, typ.Fields, types[method])
				}
			case *ast.InterfaceType:
				for _, m := range typ.Methods.List {
					if fn, ok := m.Type.(*ast.FuncType); ok && t.Name.Name == "Querier" && len(m.Names) == 1 {
						f.retypeFields(m.Names[0].Name, fn.Params, types[m.Names[0].Name])
					}
				}
			}
		}
	}
}

func (f *editedFile) retypeFields(method string, list *ast.FieldList, types map[string]string) {
	for _, field := range list.List {
		from := string(f.src[f.offset(field.Type.Pos()):f.offset(field.Type.End())])
		var each []string
		changed := false
		for _, name := range field.Names {
			to := types[name.Name]
			if to == "" {
				to = from
			}
			if to != from {
				f.note("%s: %s is %s, not %s", method, name.Name, to, from)
				changed = true
			}
			each = append(each, name.Name+" "+to)
		}
		if changed {
			f.edits = append(f.edits, edit{f.offset(field.Pos()), f.offset(field.Type.End()), strings.Join(each, ", ")})
		}
	}
}
