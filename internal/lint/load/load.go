// Package load reads Go packages for analysis. It reads those of the user's modules
// from source, and all others from what the go command has compiled. Type-checking
// every dependency from source takes ten times as long, and no analyzer looks at
// the result.
package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"

	"github.com/dreysql/drey/internal/diag"
)

// Packages returns the packages that the go command's patterns name, as seen from
// dir, for [checker.Analyze]: with syntax and types. A package with internal tests
// comes with them; its external tests are a package of their own.
//
// Their Imports are only those of the user's modules, which also have syntax and
// types, because facts are about them. What a library does is not looked at.
//
// The error is a [diag.Problems] if packages do not exist or do not compile, with
// files relative to dir. Otherwise it says why the go command does not run.
func Packages(ctx context.Context, dir string, patterns []string) ([]*packages.Package, error) {
	l := &loader{
		dir: dir, fset: token.NewFileSet(),
		checked: map[*packages.Package]chan struct{}{}, compiled: map[string]*types.Package{},
		free: make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	cfg := &packages.Config{
		Context: ctx, Dir: dir, Env: append(os.Environ(), "PWD="+dir), Fset: l.fset, Tests: true,
		Mode: packages.LoadImports | packages.NeedDeps | packages.NeedModule | packages.NeedForTest | packages.NeedTypesSizes,
	}
	roots, err := list(cfg, patterns)
	if err != nil {
		return nil, fmt.Errorf("list the packages: %w", err)
	}
	if len(roots) == 0 {
		return nil, fmt.Errorf("no packages match %s", strings.Join(patterns, " "))
	}
	named := analyzed(roots)
	source, err := l.fromSource(named)
	if err != nil {
		return nil, err
	}
	if err := l.readCompiled(cfg, source); err != nil {
		return nil, err
	}
	for _, p := range source {
		go l.check(ctx, p)
	}
	for _, p := range source {
		<-l.checked[p]
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	for _, p := range source {
		maps.DeleteFunc(p.Imports, func(_ string, imported *packages.Package) bool { return !ofMain(imported) })
	}
	return named, l.problems.err()
}

// ofMain reports whether a package belongs to a main module: to the one around the
// folder, or to one in the workspace.
func ofMain(p *packages.Package) bool { return p.Module != nil && p.Module.Version == "" }

// list is packages.Load. Its error is the cause if it was cancelled, and otherwise
// what the go command says.
func list(cfg *packages.Config, patterns []string) ([]*packages.Package, error) {
	pkgs, err := packages.Load(cfg, patterns...)
	if err != nil {
		if _, said, ok := strings.Cut(err.Error(), "stderr: "); ok {
			err = errors.New(strings.TrimSpace(said))
		}
	}
	return pkgs, cmp.Or(context.Cause(cfg.Context), err)
}

// analyzed leaves out what go vet also leaves out: the programs that run tests,
// packages without files, and each package that is also there as a variant with its
// tests.
func analyzed(roots []*packages.Package) []*packages.Package {
	tested := map[string]bool{}
	for _, p := range roots {
		if p.ForTest == p.PkgPath {
			tested[p.PkgPath] = true
		}
	}
	return slices.DeleteFunc(roots, func(p *packages.Package) bool {
		if len(p.GoFiles) == 0 {
			return len(p.Errors) == 0
		}
		written := filepath.Dir(p.GoFiles[0]) == p.Dir // and not by the go command, to run tests
		return !written || p.ForTest == "" && tested[p.PkgPath]
	})
}

type loader struct {
	dir      string
	fset     *token.FileSet
	checked  map[*packages.Package]chan struct{} // of those read from source: closed when checked
	compiled map[string]*types.Package           // the others that they import, by path
	free     chan struct{}                       // limits the type-checking
	problems problems
}

// fromSource lists the packages that have to be read from source, imports first.
func (l *loader) fromSource(named []*packages.Package) (source []*packages.Package, err error) {
	packages.Visit(named, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			l.problems.add(l.dir, p, e.Pos, e.Msg)
		}
		above := slices.ContainsFunc(slices.Collect(maps.Values(p.Imports)), func(imported *packages.Package) bool { return l.checked[imported] != nil })
		if above || ofMain(p) || slices.Contains(named, p) {
			l.checked[p] = make(chan struct{})
			source = append(source, p)
		}
	})
	return source, l.problems.err()
}

// readCompiled reads the types of the imported packages that are not read from
// source.
func (l *loader) readCompiled(cfg *packages.Config, source []*packages.Package) error {
	paths := map[string]bool{}
	for _, p := range source {
		for _, imported := range p.Imports {
			if l.checked[imported] == nil && imported.PkgPath != "unsafe" {
				paths[imported.PkgPath] = true
			}
		}
	}
	if len(paths) == 0 {
		return nil // no patterns would be the package in dir
	}
	c := *cfg
	c.Tests, c.Mode = false, packages.NeedName|packages.NeedImports|packages.NeedTypes
	compiled, err := list(&c, slices.Sorted(maps.Keys(paths)))
	if err != nil {
		return fmt.Errorf("compile what the packages import: %w", err)
	}
	for _, p := range compiled {
		for _, e := range p.Errors {
			l.problems.add(l.dir, p, e.Pos, e.Msg)
		}
		l.compiled[p.PkgPath] = p.Types
	}
	return l.problems.err()
}

// check parses and type-checks a package when its imports are done. A package that
// imports one with problems does not get problems of its own.
func (l *loader) check(ctx context.Context, p *packages.Package) {
	defer close(l.checked[p])
	for _, imported := range p.Imports {
		if done := l.checked[imported]; done != nil {
			<-done
			p.IllTyped = p.IllTyped || imported.IllTyped
		}
	}
	l.free <- struct{}{}
	defer func() { <-l.free }()
	if p.IllTyped || ctx.Err() != nil {
		return
	}
	p.Fset = l.fset
	fail := func(pos token.Position, msg string) {
		p.IllTyped = true
		l.problems.add(l.dir, p, pos.String(), msg)
	}
	for _, name := range p.CompiledGoFiles {
		f, err := parser.ParseFile(l.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		var list scanner.ErrorList
		switch {
		case errors.As(err, &list): // the others follow from the first
			fail(list[0].Pos, list[0].Msg)
		case err != nil:
			fail(token.Position{Filename: name}, err.Error())
		default:
			p.Syntax = append(p.Syntax, f)
		}
	}
	if p.IllTyped {
		return
	}
	p.TypesInfo = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, FileVersions: map[*ast.File]string{},
	}
	c := types.Config{
		Importer: importerOf(func(path string) (*types.Package, error) { return l.imported(p, path) }),
		Sizes:    p.TypesSizes,
		Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) {
				fail(l.fset.Position(e.Pos), e.Msg)
			} else {
				fail(token.Position{}, err.Error())
			}
		},
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		c.GoVersion = "go" + p.Module.GoVersion
	}
	p.Types, _ = c.Check(p.PkgPath, l.fset, p.Syntax, p.TypesInfo) // Error gets what it returns
}

// imported returns the package that an import of p means.
func (l *loader) imported(p *packages.Package, path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	i := p.Imports[path]
	if i == nil {
		return nil, fmt.Errorf("the go command does not list %s", path)
	}
	if l.checked[i] != nil {
		return i.Types, nil
	}
	if t := l.compiled[i.PkgPath]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("the go command has not compiled %s", path)
}

type importerOf func(path string) (*types.Package, error)

func (f importerOf) Import(path string) (*types.Package, error) { return f(path) }

// problems collects what is wrong, each once: variants of a package repeat it.
type problems struct {
	sync.Mutex
	list diag.Problems
}

func (ps *problems) add(dir string, p *packages.Package, pos, msg string) {
	one := &diag.Problem{Msg: strings.TrimSpace(msg)}
	one.File, one.Line, one.Col = place(pos)
	if rel, err := filepath.Rel(dir, one.File); err == nil && filepath.IsAbs(one.File) {
		one.File = filepath.ToSlash(rel)
	}
	if one.File == "" {
		one.Msg = p.PkgPath + ": " + one.Msg
	}
	ps.Lock()
	defer ps.Unlock()
	if !slices.ContainsFunc(ps.list, func(q *diag.Problem) bool { return *q == *one }) {
		ps.list = append(ps.list, one)
	}
}

func (ps *problems) err() error {
	ps.list.Sort()
	return ps.list.Err()
}

// place splits file:line:column, where the end may be missing. The file of a
// Windows path also has a colon.
func place(pos string) (file string, line, column int) {
	if pos == "-" {
		return "", 0, 0
	}
	rest, last, ok := cutNumber(pos)
	if !ok {
		return pos, 0, 0
	}
	if file, line, ok = cutNumber(rest); ok {
		return file, line, last
	}
	return rest, last, 0
}

func cutNumber(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
}
