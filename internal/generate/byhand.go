package generate

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
)

// place is where people have declared something.
type place struct {
	file string // relative to the project's folder
	line int
	test bool
}

// byHand are the names that files in the folder of a block's Go declare, other
// than those that drey or sqlc generated: those of the package, and methods as
// Type.Method. What is generated must not depend on who generates it, so files
// for any platform count. A file that cannot be read declares nothing here; the
// compiler says more about it.
func (r *run) byHand(b *config.Block) map[string]place {
	names := map[string]place{}
	dir := filepath.Join(r.project.Dir, filepath.FromSlash(b.Out))
	files, err := os.ReadDir(dir)
	if err != nil {
		return names
	}
	for _, f := range files {
		src, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil || !strings.HasSuffix(f.Name(), ".go") || output.Generated(src) {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil || file.Name.Name != b.Package || ignored(file) {
			continue
		}
		for name, pos := range declarations(file) {
			names[name] = place{path.Join(b.Out, f.Name()), fset.Position(pos).Line, strings.HasSuffix(f.Name(), "_test.go")}
		}
	}
	return names
}

// ignored reports whether a file is left out everywhere, as one for go run is.
func ignored(f *ast.File) bool {
	for _, group := range f.Comments {
		if group.Pos() > f.Package {
			break
		}
		for _, c := range group.List {
			if expr, err := constraint.Parse(c.Text); err == nil {
				return !expr.Eval(func(tag string) bool { return tag != "ignore" })
			}
		}
	}
	return false
}

// declarations yields the names that a file declares.
func declarations(file *ast.File) func(yield func(string, token.Pos) bool) {
	return func(yield func(string, token.Pos) bool) {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					name = receiver(d.Recv.List[0].Type) + "." + name
				}
				if name != "init" && !yield(name, d.Name.Pos()) {
					return
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					var ids []*ast.Ident
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						ids = []*ast.Ident{spec.Name}
					case *ast.ValueSpec:
						ids = spec.Names
					}
					for _, id := range ids {
						if id.Name != "_" && !yield(id.Name, id.Pos()) {
							return
						}
					}
				}
			}
		}
	}
}

// receiver is the name of a method's type.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.ParenExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// offer says of a file by hand in the place of a generated one where the latter could go.
func (r *run) offer(err error) error {
	var problems diag.Problems
	if !errors.As(err, &problems) {
		return err
	}
	for _, p := range problems {
		if !errors.Is(p, output.ErrByHand) {
			continue
		}
		for _, b := range r.blocks {
			if path.Dir(p.File) != path.Clean(b.Out) {
				continue
			}
			if key := b.FileKey(path.Base(p.File)); key != "" {
				p.Fix += fmt.Sprintf("\nor give the generated one another name: %s in gen.go of %s", key, r.cfg.File)
			}
			p.Fix += fmt.Sprintf("\nor have this block's Go in another folder: out in gen.go of %s", r.cfg.File)
			break
		}
	}
	return err
}

// importsOf are what the files in the folder of a block's Go import, as far as
// they can be read: some of it will be imported again.
func (r *run) importsOf(b *config.Block, m *project.Module) map[string]bool {
	paths := map[string]bool{}
	dir := filepath.Join(r.project.Dir, filepath.FromSlash(b.Out))
	files, err := os.ReadDir(dir)
	if err != nil {
		return paths
	}
	for _, f := range files {
		src, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil || !strings.HasSuffix(f.Name(), ".go") || bytes.HasPrefix(src, []byte("//go:build js")) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, spec := range file.Imports {
			p := strings.Trim(spec.Path.Value, "`\"")
			if external := strings.HasSuffix(file.Name.Name, "_test"); !external || !strings.HasPrefix(p+"/", m.Path+"/") {
				paths[p] = true
			}
		}
	}
	return paths
}

// yieldTo returns the names that drey's own names give way to, with the files
// that declare them. A test's helpers do not rename what others use: that is a
// clash.
func (b *block) yieldTo() map[string]string {
	names := map[string]string{}
	for name, at := range b.byHand {
		if !strings.Contains(name, ".") && !(at.test && ast.IsExported(name)) {
			names[name] = at.file
		}
	}
	return names
}
