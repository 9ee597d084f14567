package generate

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/mod/modfile"

	"github.com/dreysql/drey/internal/diag"
)

// module is the Go module that a block's package is in.
type module struct {
	path, dir string
	own       string // the import path of the block's package
	out       string // its folder
}

// module finds the module of a block, nil if there is none.
func (r *run) module(b *block) (*module, error) {
	out, err := filepath.Abs(filepath.Join(r.opts.Dir, filepath.FromSlash(b.Out)))
	if err != nil {
		return nil, err
	}
	for above := out; ; above = filepath.Dir(above) {
		file := filepath.Join(above, "go.mod")
		src, err := os.ReadFile(file)
		switch {
		case err == nil && modfile.ModulePath(src) != "":
			m := &module{path: modfile.ModulePath(src), dir: above, out: out}
			rel, err := filepath.Rel(above, out)
			m.own = path.Join(m.path, filepath.ToSlash(rel))
			return m, err
		case err == nil:
			return nil, &diag.Problem{File: file, Msg: "it names no module", Fix: "add module and the module's path"}
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR): // a file in the folder's place is told later
			return nil, err
		case above == filepath.Dir(above):
			return nil, nil
		}
	}
}

// comparableTypes are types of other modules whose values == tells apart as the
// database does. Those modules are not read: what is generated must not depend
// on what has been downloaded.
var comparableTypes = map[string]bool{
	"github.com/google/uuid.UUID":      true,
	"github.com/gofrs/uuid.UUID":       true,
	"github.com/gofrs/uuid/v5.UUID":    true,
	"github.com/satori/go.uuid.UUID":   true,
	"github.com/oklog/ulid.ULID":       true,
	"github.com/oklog/ulid/v2.ULID":    true,
	"github.com/rs/xid.ID":             true,
	"github.com/segmentio/ksuid.KSUID": true,
}

// comparable reports whether the values of a type can be the key of a map, and
// are the same key where they are the same value to the database. It knows the
// types above and those that the module itself declares, whose source it reads.
func (m *module) comparable(importPath, name string) bool {
	return m.comparableName(importPath, name, 0)
}

// deepest is how many declarations one type may lead through.
const deepest = 10

func (m *module) comparableName(importPath, name string, depth int) bool {
	if comparableTypes[importPath+"."+name] {
		return true
	}
	if m == nil || depth > deepest || !token.IsIdentifier(name) {
		return false
	}
	dir := m.out
	if importPath != "" && importPath != m.own {
		rel, ok := strings.CutPrefix(importPath+"/", m.path+"/")
		if !ok {
			return false
		}
		dir = filepath.Join(m.dir, filepath.FromSlash(rel))
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return false
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			continue // the compiler tells
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, spec := range g.Specs {
				if t := spec.(*ast.TypeSpec); t.Name.Name == name {
					return t.TypeParams == nil && m.comparableExpr(importPath, f, t.Type, depth+1)
				}
			}
		}
	}
	return false
}

// exactTypes are the predeclared types of which no two values are equal that
// are not the same.
var exactTypes = map[string]bool{
	"string": true, "bool": true, "byte": true, "rune": true,
	"int": true, "int8": true, "int16": true, "int32": true, "int64": true,
	"uint": true, "uint8": true, "uint16": true, "uint32": true, "uint64": true,
}

// comparableExpr judges a type as a file of the package declares it.
func (m *module) comparableExpr(importPath string, f *ast.File, t ast.Expr, depth int) bool {
	switch t := t.(type) {
	case *ast.Ident:
		return exactTypes[t.Name] || m.comparableName(importPath, t.Name, depth)
	case *ast.ParenExpr:
		return m.comparableExpr(importPath, f, t.X, depth)
	case *ast.ArrayType:
		return t.Len != nil && m.comparableExpr(importPath, f, t.Elt, depth)
	case *ast.StructType:
		for _, field := range t.Fields.List {
			if !m.comparableExpr(importPath, f, field.Type, depth) {
				return false
			}
		}
		return true
	case *ast.SelectorExpr:
		pkg, ok := t.X.(*ast.Ident)
		if !ok {
			return false
		}
		path, ok := imported(f, pkg.Name)
		return ok && m.comparableName(path, t.Sel.Name, depth)
	}
	return false
}

// imported is the path of a package that a file calls by that name, if it can be
// told.
func imported(f *ast.File, name string) (p string, ok bool) {
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		switch {
		case spec.Name != nil && spec.Name.Name == name:
			return p, true
		case spec.Name == nil && (path.Base(p) == name || path.Base(path.Dir(p)) == name || strings.HasSuffix(p, "."+name)):
			return p, true
		}
	}
	return "", false
}
