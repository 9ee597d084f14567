// Package load reads Go packages for analysis. It lists them first, with the hash of
// each file, which is enough to know what has changed. It reads those of the user's
// modules from source, and all others from what the go command has compiled.
// Type-checking every dependency from source takes ten times as long, and no
// analyzer looks at the result. Of a package that is only imported, not even the
// bodies of functions are checked.
package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"

	"github.com/dreysql/drey/internal/lint/cache"
)

// Program is what the go command's patterns name. It is listed, and not yet read.
type Program struct {
	// Named are the packages that the patterns name. A package of a project whose
	// tests are looked at comes with its internal tests if it has some, and its
	// external tests are a package of their own. Packages without files are left out.
	Named []*packages.Package
	// Source has Named, and what these import of the user's modules, imports first.
	Source []*packages.Package
	// Folders are the folders that the patterns name.
	Folders map[string]bool

	patterns    []string
	cfg         packages.Config
	environment environment
	files       *files
	kept        Kept

	checked  map[*packages.Package]*checked // those in Source
	byTypes  sync.Map                       // these again, by their *types.Package
	compiled *compiled                      // the others
	free     chan struct{}                  // limits the type-checking
	problems problems
}

// Kept is where what the go command has said is kept. The zero value keeps nothing.
type Kept struct {
	cache.Cache
	Base cache.Key // of the program that keeps it
}

// List lists the packages that patterns name, as seen from dir. tests says of a
// folder whether the tests in it are to be looked at.
//
// The go command is not asked again where all that it reads for that is as it was.
//
// The error is a [diag.Problems] if packages do not exist, with files relative to dir.
// Otherwise it says why the go command does not run.
func List(ctx context.Context, dir string, patterns []string, tests func(dir string) bool, kept Kept) (*Program, error) {
	p := &Program{
		Folders: map[string]bool{},
		cfg: packages.Config{
			Context: ctx, Dir: dir, Env: append(os.Environ(), "PWD="+dir), Fset: token.NewFileSet(), Tests: tests(dir),
			Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps |
				packages.NeedModule | packages.NeedForTest | packages.NeedEmbedFiles,
		},
		patterns: patterns,
		kept:     kept,
		files:    newFiles(),
		checked:  map[*packages.Package]*checked{},
		free:     make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	p.problems.dir = dir
	p.compiled = &compiled{program: p, files: map[string]string{}}
	var err error
	if p.environment, err = readEnvironment(&p.cfg); err != nil {
		return nil, err
	}
	roots, err := p.list()
	if err == nil && !p.cfg.Tests && slices.ContainsFunc(roots, func(p *packages.Package) bool { return tests(p.Dir) }) {
		p.cfg.Tests = true
		roots, err = p.list()
	}
	if err != nil {
		return nil, fmt.Errorf("list the packages: %w", err)
	}
	if len(roots) == 0 {
		return nil, fmt.Errorf("no packages match %s", strings.Join(patterns, " "))
	}
	for _, root := range roots {
		p.Folders[root.Dir] = true
	}
	p.Named = analyzed(roots, tests)
	p.listSource()
	return p, p.Problems()
}

// Packages lists and checks the packages that patterns name, with their tests. Their
// Imports are only those that are read from source: with that, checker.Analyze can
// take them. Its errors are those of [List], [Program.Prepare] and [Program.Problems].
func Packages(ctx context.Context, dir string, patterns []string) ([]*packages.Package, error) {
	p, err := List(ctx, dir, patterns, func(string) bool { return true }, Kept{})
	if err != nil {
		return nil, err
	}
	return p.Named, p.CheckAll()
}

// CheckAll checks everything in Source, for those who analyze it as a whole. It
// removes what is not in Source from the Imports.
func (p *Program) CheckAll() error {
	if err := p.Prepare(p.Source); err != nil {
		return err
	}
	for _, pkg := range p.Source {
		p.Check(pkg)
	}
	for _, pkg := range p.Source {
		maps.DeleteFunc(pkg.Imports, func(_ string, i *packages.Package) bool { return p.checked[i] == nil })
	}
	return p.Problems()
}

// Problems are what is wrong with the packages that have been listed and checked, as
// a [diag.Problems] with files relative to the folder of [List], or nil. A package
// that imports one with problems does not have problems of its own.
func (p *Program) Problems() error {
	if err := context.Cause(p.cfg.Context); err != nil {
		return err
	}
	return p.problems.err()
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

// analyzed leaves out what go vet also leaves out: packages without files, and each
// package that is also there as a variant with its tests. Where tests are not looked at,
// it leaves out these instead.
func analyzed(roots []*packages.Package, tests func(dir string) bool) []*packages.Package {
	looked, tested := map[string]bool{}, map[string]bool{}
	for _, p := range roots {
		if _, ok := looked[p.Dir]; !ok {
			looked[p.Dir] = tests(p.Dir)
		}
		if p.ForTest == p.PkgPath && looked[p.Dir] {
			tested[p.PkgPath] = true
		}
	}
	return slices.DeleteFunc(roots, func(p *packages.Package) bool {
		if len(p.GoFiles) == 0 {
			return len(p.Errors) == 0
		}
		return p.ForTest != "" && !looked[p.Dir] || p.ForTest == "" && tested[p.PkgPath]
	})
}

// listSource lists the packages that have to be read from source, imports first.
func (p *Program) listSource() {
	sizes := types.SizesFor("gc", p.environment["GOARCH"])
	packages.Visit(p.Named, nil, func(pkg *packages.Package) {
		pkg.TypesSizes = sizes
		for _, e := range pkg.Errors {
			p.problems.add(pkg, e.Pos, e.Msg)
		}
		above := slices.ContainsFunc(slices.Collect(maps.Values(pkg.Imports)), func(i *packages.Package) bool { return p.checked[i] != nil })
		if above || ofMain(pkg) || slices.Contains(p.Named, pkg) {
			p.checked[pkg] = &checked{}
			p.Source = append(p.Source, pkg)
		}
	})
}
