package load

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"sync"

	"golang.org/x/tools/go/packages"
)

// checked is a package that is read from source.
type checked struct {
	once sync.Once
}

// Check parses and type-checks a package of Source, after the packages that it
// imports. It reports whether that has succeeded; otherwise Problems has the reason.
// The package then has syntax, types and TypesInfo, for a pass of an analyzer.
// [Program.Prepare] has to be called for it before.
//
// Of an import that Check was not called for before, only the declarations are
// checked, and it has types alone.
func (p *Program) Check(pkg *packages.Package) bool { return p.check(pkg, true) }

// Again parses and type-checks a package of Source once more, as [Program.Check] does, for
// those who have let go of it. The types that other packages have are those of the first
// time.
func (p *Program) Again(pkg *packages.Package) (again *packages.Package, ok bool) {
	for _, i := range pkg.Imports {
		if p.checked[i] != nil && !p.check(i, false) {
			return nil, false
		}
	}
	p.free <- struct{}{}
	defer func() { <-p.free }()
	copied := *pkg
	copied.Types, copied.Syntax, copied.TypesInfo = nil, nil, nil
	p.read(&copied, true)
	return &copied, !copied.IllTyped
}

func (p *Program) check(pkg *packages.Package, bodies bool) bool {
	c := p.checked[pkg]
	c.once.Do(func() {
		var wg sync.WaitGroup
		for _, i := range pkg.Imports {
			if p.checked[i] != nil {
				wg.Go(func() { p.check(i, false) })
			}
		}
		wg.Wait()
		for _, i := range pkg.Imports {
			pkg.IllTyped = pkg.IllTyped || p.checked[i] != nil && i.IllTyped
		}
		p.free <- struct{}{}
		defer func() { <-p.free }()
		if !pkg.IllTyped && context.Cause(p.cfg.Context) == nil {
			p.read(pkg, bodies)
		}
		if !bodies {
			pkg.Syntax, pkg.TypesInfo = nil, nil
		}
	})
	return pkg.Types != nil && !pkg.IllTyped
}

// read parses and type-checks a package.
func (p *Program) read(pkg *packages.Package, bodies bool) {
	pkg.Fset = p.cfg.Fset
	fail := func(pos token.Position, msg string) {
		pkg.IllTyped = true
		p.problems.add(pkg, pos.String(), msg)
	}
	mode := parser.SkipObjectResolution
	if bodies {
		mode |= parser.ParseComments
	}
	for _, name := range pkg.CompiledGoFiles {
		f, err := parser.ParseFile(pkg.Fset, name, nil, mode)
		var list scanner.ErrorList
		switch {
		case errors.As(err, &list): // the others follow from the first
			fail(list[0].Pos, list[0].Msg)
		case err != nil:
			fail(token.Position{Filename: name}, err.Error())
		default:
			pkg.Syntax = append(pkg.Syntax, f)
		}
	}
	if pkg.IllTyped {
		return
	}
	pkg.TypesInfo = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, FileVersions: map[*ast.File]string{},
	}
	c := types.Config{
		Importer:         importerOf(func(path string) (*types.Package, error) { return p.imported(pkg, path) }),
		Sizes:            pkg.TypesSizes,
		IgnoreFuncBodies: !bodies,
		Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) {
				fail(pkg.Fset.Position(e.Pos), e.Msg)
			} else {
				fail(token.Position{}, err.Error())
			}
		},
	}
	if pkg.Module != nil && pkg.Module.GoVersion != "" {
		c.GoVersion = "go" + pkg.Module.GoVersion
	}
	pkg.Types, _ = c.Check(pkg.PkgPath, pkg.Fset, pkg.Syntax, pkg.TypesInfo) // Error gets what it returns
	p.byTypes.Store(pkg.Types, pkg)
}

// Of returns the package of Source that has the types, or nil.
func (p *Program) Of(types *types.Package) *packages.Package {
	pkg, _ := p.byTypes.Load(types)
	of, _ := pkg.(*packages.Package)
	return of
}

// imported returns the package that an import of pkg means.
func (p *Program) imported(pkg *packages.Package, path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	i := pkg.Imports[path]
	if i == nil {
		return nil, fmt.Errorf("the go command does not list %s", path)
	}
	if p.checked[i] != nil {
		return i.Types, nil
	}
	return p.compiled.types(i.PkgPath)
}

type importerOf func(path string) (*types.Package, error)

func (f importerOf) Import(path string) (*types.Package, error) { return f(path) }
