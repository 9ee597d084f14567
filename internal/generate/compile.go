package generate

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/emit"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/typecheck"
)

// MinGo is the oldest Go that the generated package compiles with.
const MinGo = "1.23.0"

// Requirement are the versions of a module that the generated package compiles with and is
// tested with.
type Requirement struct{ Oldest, Tried string }

// Needed returns the modules that every generated package needs, by path.
func Needed() map[string]Requirement { return maps.Clone(needed) }

var needed = map[string]Requirement{
	"github.com/Masterminds/squirrel": {"v1.5.0", "v1.5.4"},
	"modernc.org/sqlite":              {"v1.52.0", "v1.62.0"},
}

// findModules has the go command look for what the blocks' packages will import
// while the rest is done.
func (r *run) findModules(ctx context.Context, blocks []*block) error {
	r.modules = map[string]*typecheck.Project{}
	own, err := emit.Imports()
	if err != nil {
		return err
	}
	imports := map[string]map[string]bool{} // by the module's folder
	for _, b := range blocks {
		m := b.module
		if imports[m.Dir] == nil {
			imports[m.Dir] = map[string]bool{}
		}
		for _, path := range own {
			imports[m.Dir][path] = true
		}
		for path := range r.importsOf(b.Block, m) {
			if path != m.Own && !strings.HasPrefix(path, m.Own+"/") {
				imports[m.Dir][path] = true
			}
		}
		for _, t := range b.NamedTypes() {
			imports[m.Dir][t.Import] = true
		}
	}
	if err := r.planRuntimes(blocks); err != nil {
		return err
	}
	for _, b := range blocks {
		m := b.module
		if r.cfg.Runtime != "" {
			imports[m.Dir][r.cfg.Runtime], imports[m.Dir][r.cfg.Runtime+"/sqlite"] = true, true
		}
		if r.modules[m.Dir] == nil {
			delete(imports[m.Dir], "C")
			r.modules[m.Dir] = typecheck.New(ctx, m.Dir, m.Path, r.modfiles[m.Dir], sortedKeys(imports[m.Dir]), r.runtimes[m.Dir].sources())
		}
		if m.Dir == "" {
			r.result.Notes = append(r.result.Notes, fmt.Sprintf(
				"there is no go.mod above %s, so what its package imports is not known: run go mod init, and drey generate again",
				b.Out))
		}
	}
	return nil
}

// checkGC is GOGC while types are checked, where memory is at its peak. Syntax
// trees and types are live until their package is done, so there is little
// garbage among them. At 30 the peak of 15 packages of 60 tables is 70 MB lower than
// at 100, and a third of the check's time is the collector's.
const checkGC = 60

// check type-checks every package as it will be compiled.
func (r *run) check(ctx context.Context) error {
	debug.FreeOSMemory()
	defer debug.SetGCPercent(debug.SetGCPercent(checkGC))
	var problems diag.Problems
	blocks, packages := map[string][]*block{}, map[string][]*typecheck.Package{} // by the module's folder
	for _, b := range r.blocks {
		if b.files == nil || b.queries.partial {
			continue // what is left out would be missed
		}
		if r.lacksFolder(b) {
			continue
		}
		m := b.module
		pkg := &typecheck.Package{
			Name: b.Package, Path: m.Own, Dir: m.Out, Files: b.files, Top: []string{output.SourcesFile}, WASM: r.cfg.D1,
		}
		for _, t := range slices.Concat(b.NamedTypes(), b.OwnTypes()) {
			pkg.Types = append(pkg.Types, typecheck.NamedType{Import: t.Import, Called: t.Called, Alias: t.Alias, Name: t.Name})
		}
		for _, c := range r.result.Changes {
			if c.New == nil && path.Dir(c.Path) == b.Out && strings.HasSuffix(c.Path, ".go") {
				pkg.Stale = append(pkg.Stale, path.Base(c.Path))
			}
		}
		blocks[m.Dir], packages[m.Dir] = append(blocks[m.Dir], b), append(packages[m.Dir], pkg)
	}
	for _, dir := range sortedKeys(blocks) {
		for i, result := range r.modules[dir].Check(ctx, packages[dir]...) {
			found, err := r.ofCheck(blocks[dir][i], packages[dir][i], result)
			if err != nil {
				return err
			}
			problems = append(problems, found...)
		}
	}
	problems.Sort()
	r.problems = append(r.problems, compact(problems)...)
	return nil
}

// ofCheck are the problems of a package that has been checked.
func (r *run) ofCheck(b *block, pkg *typecheck.Package, result typecheck.Result) (problems diag.Problems, err error) {
	m := b.module
	var refused *typecheck.GoError
	switch {
	case errors.As(result.Err, &refused) && strings.Contains(refused.Said, "updates to go.mod needed") && len(r.unrequired(b, pkg)) > 0:
		problems = append(problems, r.unrequired(b, pkg)...)
	case errors.As(result.Err, &refused):
		problems = append(problems, &diag.Problem{File: r.relative(filepath.Join(m.Dir, "go.mod")), Err: result.Err,
			Msg: "the go command can build nothing here: " + strings.ReplaceAll(refused.Said, m.Dir+string(filepath.Separator), ""),
			Fix: "mend that first"})
	case result.Err != nil:
		return nil, result.Err
	}
	return append(problems, r.explainFailures(b, m, pkg, result.Failures)...), nil
}

// lacksFolder reports whether something stands where a folder of the package, or of what
// it imports, belongs.
func (r *run) lacksFolder(b *block) bool {
	for _, folder := range []string{path.Clean(b.Out), r.relative(r.runtimes[b.module.Dir].folder)} {
		if slices.ContainsFunc(r.problems, func(p *diag.Problem) bool {
			return p.File == folder || p.File != "" && strings.HasPrefix(folder, p.File+"/")
		}) {
			return true
		}
	}
	return false
}

// unrequired are the modules that every package needs and go.mod does not name.
// The go command refuses a go.mod that only has them through others.
func (r *run) unrequired(b *block, pkg *typecheck.Package) diag.Problems {
	c := &compilation{run: r, block: b, module: b.module, pkg: pkg}
	for _, module := range sortedKeys(needed) {
		if c.require(module) == 0 {
			_, get := provider(module)
			c.lacks, c.gets = append(c.lacks, module), append(c.gets, get)
		}
	}
	c.missing()
	return c.problems
}

// compact says once what several blocks have in common.
func compact(problems diag.Problems) diag.Problems {
	return slices.CompactFunc(problems, func(a, b *diag.Problem) bool { return a.Error() == b.Error() })
}

// relative is a path as messages have it.
func (r *run) relative(file string) string {
	root, err := filepath.Abs(r.project.Dir)
	if err != nil {
		return file
	}
	rel, err := filepath.Rel(root, file)
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}

// ofOverride finds the override whose package cannot be told from others. If both
// have overrides it is the later one.
func (r *run) ofOverride(e *sqlc.ImportError) error {
	p := &diag.Problem{File: r.cfg.File, Err: e, Msg: "go_type: " + e.Error()}
	for _, b := range r.blocks {
		for _, t := range b.NamedTypes() {
			if t.Import == e.Path || p.Line == 0 && strings.Contains(e.Error(), t.Import+" ") {
				p.Line = t.Line
				p.Fix = fmt.Sprintf("write go_type: {import: %q, package: %q, type: %q}", t.Import, e.Package, t.Name)
			}
		}
	}
	return p
}

// oddNames says more of a package that sqlc calls by what is not a name in Go, as
// it does with yaml.v3.
func (r *run) oddNames(problems diag.Problems) {
	for _, p := range problems {
		for _, b := range r.blocks {
			for _, t := range b.NamedTypes() {
				if !token.IsIdentifier(t.Called) && strings.Contains(p.Msg, t.Called+"."+t.Name) {
					name, _, _ := strings.Cut(t.Called, ".")
					p.File, p.Line, p.Msg = r.cfg.File, t.Line, fmt.Sprintf("go_type: sqlc calls the package %s, which is not a name in Go", t.Called)
					p.Fix = fmt.Sprintf("write go_type: {import: %q, package: %q, type: %q}", t.Import, strings.ReplaceAll(name, "-", ""), t.Name)
				}
			}
		}
	}
}
