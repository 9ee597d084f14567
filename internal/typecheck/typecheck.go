// Package typecheck says what "go build" and "go vet" would say of a generated
// package, before it is written, and which types of overrides database/sql cannot scan.
//
// The go command itself says which files of the folder belong to the package
// (build tags, platforms, cgo, tests), which module and which version every
// import comes from (go.mod, replace, go.work, vendor), and where the export data
// of the imports is. It sees the new files through its overlay, so its answers
// are about the project as it will be. The types are then checked in this
// process, which takes a tenth of the time that the compiler takes.
//
// Three things are taken on trust. First, packages of the project's own module
// that only the external tests of the folder import, since they may import the
// package itself. Second, under js/wasm, where a package for D1 is checked again,
// what the export data of the host does not have, such as syscall/js and packages
// with files for some platforms only. Third, in a folder without a module, or on
// a machine without a go command, every import except the standard library: then
// nothing says what is imported.
package typecheck

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
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Package is a generated package at its place in the project.
type Package struct {
	Name  string
	Path  string            // its import path, "" where it is in no module
	Dir   string            // its folder, absolute
	Files map[string][]byte // the generated Go files by their names
	// Top are those of Files that the others name in the bodies of functions
	// alone. They are checked last, to save memory.
	Top []string
	// Stale are the files in Dir that are not there any more once Files are.
	Stale []string
	// WASM is set for a package that is built for js/wasm as well.
	WASM bool
	// Types are types that Files name, of other packages and people's own.
	Types []NamedType
}

// NamedType is a type as generated code names it.
type NamedType struct {
	Import string // the path of its package, "" of the package itself
	Called string // what the package is called
	Alias  bool   // it is imported under that name, whatever its own is
	Name   string
}

// Failure is one reason why the package does not compile.
type Failure struct {
	Pos    token.Position // where, with an absolute path; the zero value where that is not known
	Other  token.Position // where else, for two declarations of one name
	Msg    string         // what the go command or the compiler says
	Import string         // the import that cannot be had
	Type   *NamedType     // the one of Types that is not there, or cannot be scanned
	Test   bool           // go build says nothing of it, go vet does
}

// Result is what is wrong with a package.
type Result struct {
	Failures []Failure
	Err      error // a [*GoError], or one that says that the go command could not be run
}

// Check returns what is wrong with each of the packages. The go command lists them all at
// once, and they are checked side by side.
func (p *Project) Check(ctx context.Context, packages ...*Package) []Result {
	listings := p.listAll(ctx, packages)
	results := make([]Result, len(packages))
	var all sync.WaitGroup
	turns := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, pkg := range packages {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			results[i].Failures, results[i].Err = p.check(ctx, pkg, listings[i])
		})
	}
	all.Wait()
	return results
}

// check checks one package. Its listing is nil where listing it alone tells more.
func (p *Project) check(ctx context.Context, pkg *Package, l *listing) (_ []Failure, err error) {
	c := &checker{project: p, pkg: pkg, parsed: map[string]*ast.File{}}
	if l == nil {
		if l, err = p.list(ctx, pkg); err != nil {
			return nil, err
		}
	}
	failures, err := c.check(ctx, l, true)
	if err != nil || len(failures) > 0 || !pkg.WASM || pkg.Path == "" || p.env("GOOS") == "js" {
		return failures, err
	}
	goVersion := l.GoVersion
	if l, err = unlisted(pkg, p.wasm()); err != nil {
		return nil, err
	}
	l.GoVersion = goVersion
	return c.check(ctx, l, false)
}

// checker checks one package.
type checker struct {
	project *Project
	pkg     *Package
	parsed  map[string]*ast.File // by path; without bodies, once those have been checked
	host    bool                 // or js/wasm
	own     *types.Package       // the package, while its external tests are checked
	local   map[string]*types.Package
}

// check checks the package for the host's platform, or js/wasm.
func (c *checker) check(ctx context.Context, l *listing, host bool) ([]Failure, error) {
	c.host = host
	failures := l.failures
	bad, err := c.parse(slices.Concat(l.Go, l.Test, l.XTest))
	if err != nil {
		return nil, err
	}
	if len(bad) > 0 { // the go command tells of them as well
		return append(slices.DeleteFunc(failures, func(f Failure) bool { return f.Import == "" }), bad...), nil
	}
	lacking, more, again, err := c.needed(ctx, l)
	failures = append(failures, lacking...)
	switch {
	case err != nil:
		return nil, err
	case again:
		return c.project.vet(ctx, c.pkg)
	case len(more) > 0: // what is said of the package follows from it
		return trim(append(failures, more...)), nil
	}
	if wrong := c.named(); len(wrong) > 0 { // what is said of their uses follows from it
		return append(failures, wrong...), nil
	}
	more, again = c.types(l)
	if again { // with a newer Go than this one, which cannot read what it says
		return c.project.vet(ctx, c.pkg)
	}
	return trim(append(failures, more...)), nil
}

// needed has what the package imports ready. lacking are the imports that cannot be had,
// and wrong is what is wrong with the sources.
func (c *checker) needed(ctx context.Context, l *listing) (lacking, wrong []Failure, again bool, err error) {
	c.project.mu.Lock()
	defer c.project.mu.Unlock()
	if c.host {
		imports := c.imports(l)
		exports, err := c.project.exportData(ctx, imports)
		if err != nil {
			return nil, nil, false, err
		}
		lacking = exports.failures(imports)
	}
	wrong, again, err = c.locals(c.host, l.GoVersion)
	return lacking, wrong, again, err
}

// imports are what the files import, but for what is trusted.
func (c *checker) imports(l *listing) []string {
	paths := map[string]bool{}
	add := func(names []string, trusted func(string) bool) {
		for _, name := range names {
			for _, spec := range c.parsed[name].Imports {
				if path := importPath(spec); path != "C" && path != "unsafe" && !trusted(path) {
					paths[path] = true
				}
			}
		}
	}
	add(slices.Concat(l.Go, l.Test), func(path string) bool { return path == c.pkg.Path || c.project.writes(path) })
	add(l.XTest, c.project.owns)
	for _, path := range c.project.imported() {
		paths[path] = true
	}
	return slices.Sorted(maps.Keys(paths))
}

// parse parses the files that are not yet. What is wrong with one is a failure.
func (c *checker) parse(names []string) (failures []Failure, err error) {
	for _, name := range names {
		if c.parsed[name] != nil {
			continue
		}
		content, generated := c.pkg.Files[c.relative(name)]
		if !generated {
			if content, err = os.ReadFile(name); err != nil {
				return nil, fmt.Errorf("check types: %w", err)
			}
		}
		file, err := parser.ParseFile(c.project.fset, name, content, parser.SkipObjectResolution)
		var list scanner.ErrorList
		if errors.As(err, &list) {
			failures = append(failures, Failure{Pos: list[0].Pos, Msg: list[0].Msg, Test: strings.HasSuffix(name, "_test.go")})
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("check types: %w", err)
		}
		c.parsed[name] = file
	}
	return failures, nil
}

func (c *checker) relative(name string) string {
	rel, err := filepath.Rel(c.pkg.Dir, name)
	if err != nil {
		return name
	}
	return filepath.ToSlash(rel)
}

// named looks for the types that are named in generated files.
func (c *checker) named() (failures []Failure) {
	imported := map[string]bool{}
	for name := range c.pkg.Files {
		if f := c.parsed[filepath.Join(c.pkg.Dir, name)]; f != nil {
			for _, spec := range f.Imports {
				imported[importPath(spec)] = true
			}
		}
	}
	for i := range c.pkg.Types {
		t := &c.pkg.Types[i]
		if !imported[t.Import] {
			continue
		}
		pkg, err := c.Import(t.Import)
		if err != nil {
			continue // the importer's message is another's
		}
		named, isType := pkg.Scope().Lookup(t.Name).(*types.TypeName)
		switch {
		case !t.Alias && pkg.Name() != t.Called:
			failures = append(failures, Failure{Type: t, Msg: fmt.Sprintf("the package %s is called %s, not %s", t.Import, pkg.Name(), t.Called)})
		case !ast.IsExported(t.Name):
			failures = append(failures, Failure{Type: t, Msg: fmt.Sprintf("%s.%s is not exported", t.Import, t.Name)})
		case !isType:
			failures = append(failures, Failure{Type: t, Msg: fmt.Sprintf("the package %s has no type %s", t.Import, t.Name)})
		case !c.scanned(named.Type()):
			failures = append(failures, unscanned(t, t.Called+"."+t.Name))
		}
	}
	return failures
}

// ownTypes looks at the types of the package itself.
func (c *checker) ownTypes(checked *types.Package) (failures []Failure) {
	for i := range c.pkg.Types {
		t := &c.pkg.Types[i]
		if t.Import != "" {
			continue
		}
		if named, ok := checked.Scope().Lookup(t.Name).(*types.TypeName); ok && !c.scanned(named.Type()) {
			failures = append(failures, unscanned(t, t.Name))
		}
	}
	return failures
}

func unscanned(t *NamedType, name string) Failure {
	return Failure{Type: t, Msg: fmt.Sprintf("no value can be scanned into a %s: it has no method Scan(any) error", name)}
}

// scanned reports whether database/sql can scan into a type, see [sql.Rows.Scan].
func (c *checker) scanned(t types.Type) bool {
	database, err := c.Import("database/sql")
	if err != nil {
		return true // the importer's message is another's
	}
	if scanner := database.Scope().Lookup("Scanner").Type().Underlying().(*types.Interface); types.Implements(types.NewPointer(t), scanner) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsComplex == 0
	case *types.Pointer:
		return c.scanned(u.Elem())
	case *types.Slice:
		return types.Identical(u.Elem().Underlying(), types.Typ[types.Byte])
	case *types.Interface:
		return u.Empty()
	case *types.Struct: // as a time.Time
		std, err := c.Import("time")
		return err != nil || types.ConvertibleTo(std.Scope().Lookup("Time").Type(), t)
	}
	return false
}

// types checks the package in layers, from the bottom up. A layer sees of those
// below it what they declare: the bodies of their functions are gone by then,
// since all at once the syntax trees and the types of a large package are most of
// the memory that its generation takes. What only people's files declare can be
// anywhere, so where there are any the package is one layer, and its tests
// another.
//
// again reports that this process cannot tell.
func (c *checker) types(l *listing) (failures []Failure, again bool) {
	layers := [][]string{l.Go}
	pass := c.newPass(c.pkg.Path)
	if byHand := slices.ContainsFunc(l.Go, func(name string) bool { _, ok := c.pkg.Files[c.relative(name)]; return !ok }); !byHand {
		var below, top []string
		for _, name := range l.Go {
			if slices.Contains(c.pkg.Top, c.relative(name)) {
				top = append(top, name)
			} else {
				below = append(below, name)
			}
		}
		layers = [][]string{below, top}
		for _, name := range top {
			functions(c.parsed[name], pass.above)
		}
	}
	pass.goVersion = l.GoVersion
	for i, layer := range layers {
		if i == len(layers)-1 {
			clear(pass.above)
		}
		pass.run(layer)
		if pass.again || len(pass.failures) > 0 {
			return pass.failures, pass.again
		}
	}
	if wrong := c.ownTypes(pass.checked); len(wrong) > 0 {
		return wrong, false
	}
	if len(l.Test) > 0 {
		pass.run(l.Test)
	}
	if len(l.XTest) > 0 && len(pass.failures) == 0 {
		c.own = pass.checked
		external := c.newPass(c.pkg.Path + "_test")
		external.goVersion = l.GoVersion
		external.run(l.XTest)
		c.own = nil
		pass.failures, pass.again = append(pass.failures, external.failures...), pass.again || external.again
	}
	for i := range pass.failures {
		pass.failures[i].Test = true
	}
	return pass.failures, pass.again
}

// pass is the check of one package, in layers.
type pass struct {
	*checker
	path      string
	goVersion string
	below     []*ast.File
	above     map[string]bool // functions of the layers above
	checked   *types.Package
	failures  []Failure
	again     bool
}

func (c *checker) newPass(path string) *pass {
	return &pass{checker: c, path: cmp.Or(path, "generated"), above: map[string]bool{}}
}

func (p *pass) run(layer []string) {
	bodies := map[*token.File]bool{} // of the files that still have them
	all := p.below
	for _, name := range layer {
		f := p.parsed[name]
		bodies[p.project.fset.File(f.FileStart)] = !stripped(f)
		all = append(all, f)
	}
	conf := types.Config{
		Importer:    p.checker,
		GoVersion:   p.goVersion,
		Sizes:       types.SizesFor("gc", p.project.arch()),
		FakeImportC: true,
		Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) {
				p.note(e, bodies[p.project.fset.File(e.Pos)])
			}
		},
	}
	p.checked, _ = conf.Check(p.path, p.project.fset, all, nil) // Error has it all
	for _, name := range layer {
		strip(p.parsed[name])
	}
	p.below = all
}

// note keeps what the type checker says, unless it follows from what it was not
// given. whole is false of a file without bodies.
func (p *pass) note(e types.Error, whole bool) {
	name, undefined := strings.CutPrefix(e.Msg, "undefined: ")
	pos := p.project.fset.Position(e.Pos)
	switch {
	case strings.Contains(e.Msg, notLoaded), !p.project.found.known() && !ofNames.MatchString(e.Msg):
	case strings.HasPrefix(e.Msg, "could not import ") && p.project.found.known(), strings.Contains(e.Msg, "requires newer Go version"):
		p.again = true
	case undefined && p.above[name]:
	case e.Soft && !whole: // an import that only bodies used
	case strings.HasSuffix(e.Msg, "; expected package "+p.pkg.Name): // the go command says it
	case strings.HasPrefix(e.Msg, "\t"):
		if n := len(p.failures); n > 0 && !p.failures[n-1].Other.IsValid() {
			p.failures[n-1].Other = pos
		}
	default:
		f := Failure{Pos: pos, Msg: e.Msg}
		if m := declaredAt.FindStringSubmatchIndex(e.Msg); m != nil {
			f.Other, f.Msg = position(e.Msg[m[2]:m[3]]), e.Msg[:m[0]]+" already declared"
		}
		p.failures = append(p.failures, f)
	}
}

// declaredAt is where the message of a second method tells of the first.
var declaredAt = regexp.MustCompile(` already declared at (.+:\d+:\d+)$`)

// ofNames are the errors that count without the standard library: what they say
// does not follow from a type that is not known.
var ofNames = regexp.MustCompile(`redeclared|already declared|^undefined: `)

// trim keeps each failure once.
func trim(failures []Failure) []Failure {
	seen := map[Failure]bool{}
	return slices.DeleteFunc(failures, func(f Failure) bool {
		f.Test = false
		was := seen[f]
		seen[f] = true
		return was
	})
}

// functions notes the functions that a file declares.
func functions(f *ast.File, names map[string]bool) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
			names[fn.Name.Name] = true
		}
	}
}

// strip drops the bodies of functions, and says so.
func strip(f *ast.File) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			fn.Body = nil
		}
	}
	f.Unresolved = []*ast.Ident{}
}

// stripped reports whether strip has been here. The parser leaves Unresolved nil.
func stripped(f *ast.File) bool { return f.Unresolved != nil }
