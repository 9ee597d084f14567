// Package oldnames finds uses of names that a generated package had while the
// runtime was a part of it. The runtime's own package has them now: db.Not(…)
// became drey.Not(…). Such code does not compile, so only its syntax is looked at.
package oldnames

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/output"
)

// Package is a generated package.
type Package struct {
	Path, Dir string
	Runtime   string // the import path of the runtime that it uses
}

// Rule is the rule that the reports name.
const Rule = "oldnames"

// Find looks through the Go files below a folder that were not generated, without
// those of other modules. moved reports whether a name belongs to the runtime and
// generated packages do not have it.
func Find(root string, packages []Package, moved func(name string) bool) ([]report.Report, error) {
	f := &finder{packages: packages, moved: moved, own: map[string]map[string]bool{}}
	for _, p := range packages {
		own, err := declared(p.Dir)
		if err != nil {
			return nil, err
		}
		f.own[p.Path] = own
	}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != root && skipped(file, d.Name()):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, ".go"):
			return nil
		}
		src, err := os.ReadFile(file)
		if err != nil || output.Generated(src) {
			return err
		}
		f.file(file, src)
		return nil
	})
	return f.reports, err
}

func skipped(dir, name string) bool {
	if name == "testdata" || name == "vendor" || name == "node_modules" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// aliases are the names of the runtime that a package also has if its own code uses
// them.
var aliases = map[string]bool{"UnixTime": true, "UnixMilli": true, "TextTime": true, "JSON": true}

// declared returns the names that a package declares itself: sqlc's, people's, and
// those of drey's files that are not the runtime.
func declared(dir string) (map[string]bool, error) {
	names := map[string]bool{}
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return names, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the generated package: %w", err)
	}
	for _, e := range files {
		src, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil || !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		ofRuntime := output.Generated(src) && strings.HasPrefix(e.Name(), "drey") && !bytes.Contains(src, []byte("Source marks what belongs to ")) && e.Name() != "drey_enums.go"
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), src, 0)
		if err != nil || f == nil {
			continue
		}
		if ofRuntime {
			continue
		}
		for _, id := range f.Unresolved {
			if aliases[id.Name] {
				names[id.Name] = true
			}
		}
		for name := range f.Scope.Objects { //nolint:staticcheck // only the syntax is there
			names[name] = true
		}
	}
	return names, nil
}

type finder struct {
	packages []Package
	moved    func(name string) bool
	own      map[string]map[string]bool
	reports  []report.Report
}

func (f *finder) file(name string, src []byte) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		return
	}
	edits := map[string][]report.Edit{} // by the runtime's path
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	found := func(p Package, pos, end token.Pos, selector string) {
		edits[p.Runtime] = append(edits[p.Runtime], report.Edit{File: name, Start: at(pos), End: at(end), New: selector})
	}
	var idle *ast.ImportSpec // nothing is left of what it imports
	for _, p := range f.packages {
		moved := func(x string) bool { return ast.IsExported(x) && !f.own[p.Path][x] && f.moved(x) }
		selector := f.called(file, p.Runtime)
		if filepath.Dir(name) == p.Dir && !strings.HasSuffix(file.Name.Name, "_test") {
			for _, id := range file.Unresolved {
				if moved(id.Name) {
					found(p, id.Pos(), id.Pos(), selector+".")
				}
			}
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil || imported != p.Path {
				continue
			}
			called := path.Base(p.Path)
			if spec.Name != nil {
				called = spec.Name.Name
			} else if n := packageName(p.Dir); n != "" {
				called = n
			}
			stay, gone := 0, 0
			ast.Inspect(file, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == called && x.Obj == nil {
					if moved(sel.Sel.Name) {
						found(p, x.Pos(), x.End(), selector)
						gone++
					} else {
						stay++
					}
				}
				return true
			})
			if stay == 0 && gone > 0 {
				idle = spec
			}
		}
	}
	for runtime, list := range edits {
		list = append(list, f.imports(name, src, file, fset, runtime, idle)...)
		slices.SortFunc(list, func(a, b report.Edit) int { return cmp.Compare(a.Start, b.Start) })
		for i := range list {
			list[i].Sum = sha256.Sum256(src)
		}
		pos := fset.Position(fset.File(file.Pos()).Pos(list[len(list)-1].Start))
		f.reports = append(f.reports, report.Report{
			Analyzer: Rule, File: name, Line: pos.Line, Column: pos.Column,
			Message: fmt.Sprintf("%d names are those of the runtime's package, %s", len(list), runtime), Fix: list,
		})
	}
}

// packageName returns the name of the package in a folder.
func packageName(dir string) string {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return ""
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly)
		if err == nil && !strings.HasSuffix(f.Name.Name, "_test") {
			return f.Name.Name
		}
	}
	return ""
}

// called returns the name by which the file calls the runtime, or will call it.
func (f *finder) called(file *ast.File, runtime string) string {
	for _, spec := range file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil && p == runtime && spec.Name != nil {
			return spec.Name.Name
		}
	}
	return "drey"
}

// imports returns the edits that import the runtime, if the file does not yet, and
// that remove an import which nothing uses any more.
func (f *finder) imports(name string, src []byte, file *ast.File, fset *token.FileSet, runtime string, idle *ast.ImportSpec) []report.Edit {
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	line := strconv.Quote(runtime)
	if path.Base(runtime) != "drey" {
		line = "drey " + line
	}
	has := slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == strconv.Quote(runtime) })
	switch {
	case idle != nil && has:
		return []report.Edit{{File: name, Start: at(idle.Pos()), End: at(idle.End())}}
	case idle != nil:
		return []report.Edit{{File: name, Start: at(idle.Pos()), End: at(idle.End()), New: line}}
	case has:
		return nil
	case len(file.Imports) == 0:
		return []report.Edit{{File: name, Start: at(file.Name.End()), End: at(file.Name.End()), New: "\n\nimport " + line + "\n"}}
	}
	last := file.Imports[len(file.Imports)-1]
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT && !g.Lparen.IsValid() && g.Pos() <= last.Pos() && last.End() <= g.End() {
			return []report.Edit{{File: name, Start: at(g.End()), End: at(g.End()), New: "\nimport " + line}}
		}
	}
	end := at(last.End())
	if eol := bytes.IndexByte(src[end:], '\n'); eol >= 0 {
		end += eol // a comment
	}
	return []report.Edit{{File: name, Start: end, End: end, New: "\n\t" + line}}
}
