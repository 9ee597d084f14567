package sqlc

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"go/ast"
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

// Reread reads files in place of the package's. Its error joins a [MethodError] for each
// strange method.
func (p *Package) Reread(sources map[string][]byte) (*Package, error) { return parse(sources, p.known) }

// parse reads the files of a package that sqlc has generated.
func parse(sources map[string][]byte, k *known) (*Package, error) {
	all := newFiles(sources, k)
	r := &reader{
		fset:      all.fset,
		structs:   map[string]*Struct{},
		constants: map[string]string{},
		pkg:       &Package{Files: sources, Imports: map[string]string{}, Idents: map[string]string{}, known: k},
	}
	declared := map[string]*file{}
	models := sha256.New()
	for _, name := range all.names() {
		f, pkg, err := all.declared(name)
		if err == nil {
			err = r.add(name, f)
		}
		if err != nil {
			return nil, fmt.Errorf("read sqlc's output: %w", err)
		}
		r.pkg.Name, declared[name] = pkg, f
		if f.models {
			sum := all.digests[name]
			models.Write(sum[:])
		}
	}
	var strange []error
	for _, name := range all.names() {
		methods, wrong := r.methods(all, name, declared[name], digest(models.Sum(nil)))
		strange = append(strange, wrong...)
		r.pkg.Queries = append(r.pkg.Queries, methods...)
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

// add adds what a file declares to the package.
func (r *reader) add(name string, f *file) error {
	for _, as := range slices.Sorted(maps.Keys(f.imports)) {
		p := f.imports[as]
		if other, ok := r.pkg.Imports[as]; ok && other != p {
			return fmt.Errorf("%s: %w", name, alike(p, other, as))
		}
		r.pkg.Imports[as] = p
	}
	for _, id := range f.idents {
		r.pkg.Idents[id] = name
	}
	for _, s := range f.structs {
		r.structs[s.Name] = s
	}
	if f.models {
		r.pkg.Models = append(r.pkg.Models, f.structs...)
	}
	maps.Copy(r.constants, f.constants)
	return nil
}

// methods reads the methods of the queries whose SQL a file has, but for those that are
// strange.
func (r *reader) methods(all *files, name string, f *file, models digest) (methods []*Method, strange []error) {
	if methods := f.beside(models); methods != nil {
		return methods, nil
	}
	tree, err := all.tree(name)
	if err != nil {
		return nil, []error{err}
	}
	for _, d := range tree.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && r.constant(fn) != "" {
			m, err := r.method(fn)
			if err != nil {
				strange = append(strange, &MethodError{fn.Name.Name, err})
				continue
			}
			methods = append(methods, m)
		}
	}
	if strange == nil && len(f.constants) > 0 {
		f.read(models, methods)
	}
	return methods, strange
}

// declarations collects what a file declares. The models are the structs of a
// file with neither queries nor functions such as New.
func declarations(fset *token.FileSet, tree *ast.File) (_ *file, err error) {
	r := &reader{fset: fset}
	f := &file{models: true, constants: map[string]string{}, methods: map[digest][]*Method{}}
	if f.imports, err = imports(tree); err != nil {
		return nil, err
	}
	for _, d := range tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				f.idents = append(f.idents, d.Name.Name)
			}
			f.models = f.models && d.Recv != nil && receiver(d) != "Queries"
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					f.idents = append(f.idents, spec.Name.Name)
					if t, ok := spec.Type.(*ast.StructType); ok {
						f.structs = append(f.structs, &Struct{Name: spec.Name.Name, Fields: r.fields(t.Fields)})
					}
				case *ast.ValueSpec:
					for i, id := range spec.Names {
						if id.Name != "_" {
							f.idents = append(f.idents, id.Name)
						}
						if d.Tok == token.CONST && i < len(spec.Values) {
							if text, ok := stringValue(spec.Values[i]); ok && strings.HasPrefix(text, "-- name: ") {
								f.constants[id.Name] = text
							}
						}
					}
				}
			}
		}
	}
	return f, nil
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
