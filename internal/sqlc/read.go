package sqlc

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// MethodError is a query method that does not look as sqlc writes them for SQLite.
type MethodError struct {
	Method string
	Err    error
}

// Error says which method it is, and what is strange about it.
func (e *MethodError) Error() string {
	return fmt.Sprintf("read sqlc's output: method %s: %v", e.Method, e.Err)
}

// Unwrap returns what is strange.
func (e *MethodError) Unwrap() error { return e.Err }

// Parse reads the files of a package that sqlc has generated. Its error joins a
// [MethodError] for each strange method.
func Parse(files map[string][]byte) (*Package, error) {
	r := &reader{
		fset:      token.NewFileSet(),
		structs:   map[string]*Struct{},
		constants: map[string]string{},
		pkg:       &Package{Files: files, Imports: map[string]string{}, Idents: map[string]string{}},
	}
	var parsed []*ast.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := parser.ParseFile(r.fset, name, files[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("read sqlc's output: %w", err)
		}
		r.pkg.Name = f.Name.Name
		parsed = append(parsed, f)
		if err := r.declarations(name, f); err != nil {
			return nil, fmt.Errorf("read sqlc's output: %s: %w", name, err)
		}
	}
	var strange []error
	for _, f := range parsed {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && r.constant(fn) != "" {
				m, err := r.method(fn)
				if err != nil {
					strange = append(strange, &MethodError{fn.Name.Name, err})
					continue
				}
				r.pkg.Queries = append(r.pkg.Queries, m)
			}
		}
	}
	if strange != nil {
		return nil, errors.Join(strange...)
	}
	slices.SortFunc(r.pkg.Queries, func(a, b *Method) int { return strings.Compare(a.Name, b.Name) })
	return r.pkg, nil
}

type reader struct {
	fset      *token.FileSet
	pkg       *Package
	structs   map[string]*Struct
	constants map[string]string // SQL by name of the constant
}

// declarations collects what a file declares. The models are the structs of a
// file with neither queries nor the type Queries.
func (r *reader) declarations(name string, f *ast.File) error {
	if err := r.imports(f); err != nil {
		return err
	}
	var structs []*Struct
	models := true
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				r.pkg.Idents[d.Name.Name] = name
			} else if receiver(d) == "Queries" {
				models = false
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					r.pkg.Idents[spec.Name.Name] = name
					models = models && spec.Name.Name != "Queries"
					if t, ok := spec.Type.(*ast.StructType); ok {
						s := &Struct{Name: spec.Name.Name, Fields: r.fields(t.Fields)}
						structs = append(structs, s)
						r.structs[s.Name] = s
					}
				case *ast.ValueSpec:
					for i, id := range spec.Names {
						if id.Name != "_" {
							r.pkg.Idents[id.Name] = name
						}
						if d.Tok == token.CONST && i < len(spec.Values) {
							if text, ok := stringValue(spec.Values[i]); ok && strings.HasPrefix(text, "-- name: ") {
								r.constants[id.Name] = text
							}
						}
					}
				}
			}
		}
	}
	if models {
		r.pkg.Models = append(r.pkg.Models, structs...)
	}
	return nil
}

// receiver returns the name of a method's receiver type.
func receiver(fn *ast.FuncDecl) string {
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// stringValue returns the value of a constant expression of string literals.
func stringValue(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(x.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, ok1 := stringValue(x.X)
		b, ok2 := stringValue(x.Y)
		return a + b, ok1 && ok2 && x.Op == token.ADD
	}
	return "", false
}

// fields returns the fields of a struct, or the parameters of a function.
func (r *reader) fields(list *ast.FieldList) []Field {
	var fields []Field
	for _, f := range list.List {
		for _, name := range f.Names {
			fields = append(fields, Field{Name: name.Name, Type: r.text(f.Type)})
		}
	}
	return fields
}

// text returns the source of an expression.
func (r *reader) text(x ast.Expr) string {
	var b strings.Builder
	if err := printer.Fprint(&b, r.fset, x); err != nil {
		return ""
	}
	return b.String()
}
