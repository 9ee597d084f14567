package generate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// byHand are the package-level names that files in the folder of a block's Go
// declare without being generated: an override may name a type of theirs. A file
// that cannot be read declares none here; the compiler says more of it.
func (r *run) byHand(b *block) (names []string) {
	files, err := os.ReadDir(filepath.Join(r.opts.Dir, filepath.FromSlash(b.Out)))
	if err != nil {
		return nil
	}
	for _, f := range files {
		_, generated := r.result.tree.Files[path.Join(b.Out, f.Name())]
		if generated || !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		name := filepath.Join(r.opts.Dir, filepath.FromSlash(b.Out), f.Name())
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil || ast.IsGenerated(file) || file.Name.Name != b.Package {
			continue
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				names = append(names, d.Name.Name)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						names = append(names, spec.Name.Name)
					case *ast.ValueSpec:
						for _, id := range spec.Names {
							names = append(names, id.Name)
						}
					}
				}
			}
		}
	}
	return names
}
