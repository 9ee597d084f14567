package project

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/project/config"
)

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

// KnownComparable reports whether a type is one of those of other modules that
// [Module.Comparable] knows. None of them is stored as NULL.
func KnownComparable(importPath, name string) bool { return comparableTypes[importPath+"."+name] }

// Comparable reports whether the values of a type can be the key of a map, and
// are the same key where they are the same value to the database. It knows the
// types above and those that the module itself declares, whose source it reads.
func (m *Module) Comparable(importPath, name string) bool {
	return m.comparableName(importPath, name, 0)
}

// deepest is how many declarations one type may lead through.
const deepest = 10

func (m *Module) comparableName(importPath, name string, depth int) bool {
	if KnownComparable(importPath, name) {
		return true
	}
	if m.Dir == "" || depth > deepest || !token.IsIdentifier(name) {
		return false
	}
	f, t := m.declaration(importPath, name)
	return t != nil && t.TypeParams == nil && m.comparableExpr(importPath, f, t.Type, depth+1)
}

// files are the files of a package of the module, without tests, and without what
// is generated beside the block's own: that is about to be generated anew. One that
// cannot be parsed is left out: the compiler tells.
func (m *Module) files(importPath string) []*ast.File {
	dir := m.Out
	if importPath != "" && importPath != m.Own {
		rel, ok := strings.CutPrefix(importPath+"/", m.Path+"/")
		if !ok {
			return nil
		}
		dir = filepath.Join(m.Dir, filepath.FromSlash(rel))
	}
	if list, ok := m.parsed[dir]; ok {
		return list
	}
	var list []*ast.File
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil || strings.HasSuffix(name, "_test.go") || dir == m.Out && bytes.HasPrefix(src, []byte("// Code generated ")) {
			continue
		}
		if f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution); err == nil {
			list = append(list, f)
		}
	}
	if m.parsed == nil {
		m.parsed = map[string][]*ast.File{}
	}
	m.parsed[dir] = list
	return list
}

// Names are those that people declare in the package of the block, without its tests.
func (m *Module) Names() (list []string) {
	for _, f := range m.files("") {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					list = append(list, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						list = append(list, spec.Name.Name)
					case *ast.ValueSpec:
						for _, id := range spec.Names {
							list = append(list, id.Name)
						}
					}
				}
			}
		}
	}
	return list
}

// declaration is where the module declares a type.
func (m *Module) declaration(importPath, name string) (*ast.File, *ast.TypeSpec) {
	for _, f := range m.files(importPath) {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, spec := range g.Specs {
				if t := spec.(*ast.TypeSpec); t.Name.Name == name {
					return f, t
				}
			}
		}
	}
	return nil, nil
}

// standardBasic are types of the standard library that are made of a basic type
// and are stored as it is.
var standardBasic = map[string]string{
	"time.Duration": "int64", "time.Month": "int", "time.Weekday": "int",
	"encoding/json.Number": "string", "html/template.HTML": "string",
}

// Basic is the basic type that a type is made of, "" where that is not known, and
// whether a value is stored as the type itself says, by a method Value. It knows
// the types above and those that the module itself declares.
func (m *Module) Basic(importPath, name string) (basic string, valuer bool) {
	if t := standardBasic[importPath+"."+name]; t != "" {
		return t, false
	}
	if m.Dir == "" || !token.IsIdentifier(name) {
		return "", false
	}
	return m.basicName(importPath, name, 0)
}

func (m *Module) basicName(importPath, name string, depth int) (basic string, valuer bool) {
	f, t := m.declaration(importPath, name)
	if t == nil || t.TypeParams != nil || depth > deepest {
		return "", false
	}
	var inner bool
	switch x := t.Type.(type) {
	case *ast.Ident:
		if obj, ok := types.Universe.Lookup(x.Name).(*types.TypeName); ok && x.Name != "any" && x.Name != "error" && x.Name != "comparable" {
			basic = obj.Type().String()
		} else {
			basic, inner = m.basicName(importPath, x.Name, depth+1)
		}
	case *ast.SelectorExpr:
		if pkg, ok := x.X.(*ast.Ident); ok {
			if p, ok := imported(f, pkg.Name); ok {
				if basic = standardBasic[p+"."+x.Sel.Name]; basic == "" {
					basic, inner = m.basicName(p, x.Sel.Name, depth+1)
				}
			}
		}
	}
	return basic, t.Assign.IsValid() && inner || m.hasMethod(importPath, name, "Value")
}

// Underlying gives a type with a name of its own, as sqlc writes it in the block's
// package, the basic type that its values are read as. A type with methods Scan or
// Value reads and stores what it likes, so it is any.
func (m *Module) Underlying(b *config.Block, t gotype.Type) gotype.Type {
	importPath, name := "", t.Base
	if strings.Contains(name, ".") {
		for _, n := range b.NamedTypes() {
			if t.Base == n.Called+"."+n.Name || t.Base == path.Base(n.Import)+"."+n.Name {
				importPath, name = n.Import, n.Name
			}
		}
	}
	basic, valuer := m.Basic(importPath, name)
	if _, declared := m.declaration(importPath, name); declared == nil && basic == "" {
		return t
	}
	t.Named, t.Base = t.Base, basic
	if basic == "" || valuer || m.scans(importPath, name, 0) {
		t.Base = "any"
	}
	return t
}

// scans reports whether a type of the module's has a method Scan, or is another
// name of a type that has.
func (m *Module) scans(importPath, name string, depth int) bool {
	if m.hasMethod(importPath, name, "Scan") {
		return true
	}
	f, t := m.declaration(importPath, name)
	if t == nil || !t.Assign.IsValid() || depth > deepest {
		return false
	}
	switch x := t.Type.(type) {
	case *ast.Ident:
		return m.scans(importPath, x.Name, depth+1)
	case *ast.SelectorExpr:
		if pkg, ok := x.X.(*ast.Ident); ok {
			p, ok := imported(f, pkg.Name)
			return ok && m.scans(p, x.Sel.Name, depth+1)
		}
	}
	return false
}

// hasMethod reports whether the module declares a method for a type.
func (m *Module) hasMethod(importPath, name, method string) bool {
	for _, f := range m.files(importPath) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || fn.Name.Name != method || len(fn.Recv.List) != 1 {
				continue
			}
			t := fn.Recv.List[0].Type
			if star, ok := t.(*ast.StarExpr); ok {
				t = star.X
			}
			if id, ok := t.(*ast.Ident); ok && id.Name == name {
				return true
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
func (m *Module) comparableExpr(importPath string, f *ast.File, t ast.Expr, depth int) bool {
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
