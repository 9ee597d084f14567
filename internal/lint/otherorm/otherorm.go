// Package otherorm finds imports of an ORM, query builder or row mapper other than
// the data layer.
//
// # What it reports
//
//   - The import of one, in any form: blank, of any major version, of a package
//     below it, vendored, in a file that build constraints leave out. The list is
//     in orms.go. options.drey.lint.orms in sqlc.yaml adds more, with the packages
//     below each.
//   - The import of a package of the same module that imports one, directly or
//     through others of the module, with the path to it. So new code cannot hide by
//     importing an old package that is in the baseline. A package that also imports
//     the ORM itself is reported for that alone.
//
// A package has one report for each ORM, at the first import, with the number of files.
// A baseline has a line for each import, so that one more is reported.
//
// "// @other-orm <why>" above the import allows it, in the package comment all imports of
// the package, also for the packages that import this one. The why has at least three
// words.
//
// # What it does not report
//
// squirrel, drivers, goose, sqlc. What a package of another module imports: how a
// library does its work is not looked at; one that exists to hand out an ORM
// belongs into options.drey.lint.orms. Test files, unless options.drey.lint.tests
// is true. Generated files, but a package with an ORM's generated code counts as
// one that imports it. The list is one of names: an ORM that is not listed is not
// found.
//
// # How to fix it
//
// Write the query into sql/, or build it from the generated columns. To adopt the
// policy in a project that has an ORM, write a baseline and move query by query.
package otherorm

import (
	"go/ast"
	"go/parser"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/project"
)

// New makes the otherorm analyzer, for packages of these projects.
func New(projects *project.Projects) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:      "otherorm",
		Doc:       "find imports of another ORM or query builder, also through packages of the module",
		FactTypes: []analysis.Fact{new(imports)},
		Run:       func(pass *analysis.Pass) (any, error) { return run(pass, policy.Of(projects, pass)) },
	}
}

// imports is the fact that ORMs can be reached from a package.
type imports struct{ Routes []route }

// route is the way to an ORM: the packages between, then the ORM's import path.
type route struct{ Path []string }

func (*imports) AFact() {}

func (f *imports) String() string {
	var routes []string
	for _, r := range f.Routes {
		routes = append(routes, strings.Join(r.Path, " → "))
	}
	return strings.Join(routes, ", ")
}

func (r route) orm() string { return r.Path[len(r.Path)-1] }

func run(pass *analysis.Pass, project policy.Project) (any, error) {
	files := pass.Files
	for _, name := range pass.IgnoredFiles {
		if f := ignored(pass, name); f != nil {
			files = append(files[:len(files):len(files)], f)
		}
	}
	if len(files) == 0 {
		return nil, nil
	}
	listed := slices.Concat(orms, project.Settings().ORMs)
	type kind struct {
		orm  string
		test bool
	}
	direct := map[kind]bool{}
	var local []found // imports of the module's own packages that lead to an ORM
	var fact imports
	var at groups
	reasons := policy.ReadPackage(pass.Fset, files)
	for _, f := range files {
		name := pass.Fset.Position(f.FileStart).Filename
		in := file{name, strings.HasSuffix(name, "_test.go"), project.Skips(f, name)}
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil || reasons[f].Above(policy.OtherORM, pass.Fset.Position(spec.Pos()).Line) {
				continue
			}
			if orm := match(listed, path); orm != "" {
				at.add(orm, in, spec.Path, path)
				direct[kind{orm, in.test}] = direct[kind{orm, in.test}] || !in.left
				if !in.test {
					fact.add(route{[]string{path}})
				}
				continue
			}
			var behind imports
			if name := pass.TypesInfo.PkgNameOf(spec); name != nil && own(pass, path) && pass.ImportPackageFact(name.Imported(), &behind) {
				local = append(local, found{in, spec, path, behind.Routes})
			}
		}
	}
	at.report(pass, "%s is another way to the data%s; write the query into sql/, use the generated columns, or say why neither will do in // "+policy.OtherORM+" <why> on the line above")
	at = nil
	for _, l := range local {
		chosen := false
		for _, r := range l.routes {
			whole := route{slices.Concat([]string{l.path}, r.Path)}
			if !l.in.test {
				fact.add(whole)
			}
			orm := match(listed, r.orm())
			if said := direct[kind{orm, false}] || l.in.test && direct[kind{orm, true}]; !said && !chosen {
				chosen = true
				at.add(orm, l.in, l.spec.Path, strings.Join(whole.Path, " → "))
			}
		}
	}
	at.report(pass, "this brings in another way to the data: %s%s; use the data layer instead, or say why it will not do in // "+policy.OtherORM+" <why> on the line above")
	if len(fact.Routes) > 0 {
		pass.ExportPackageFact(&fact)
	}
	return nil, nil
}

// file is a file of the package.
type file struct {
	name string
	test bool
	left bool // the policy leaves it alone
}

// found is the import of a package that leads to ORMs.
type found struct {
	in     file
	spec   *ast.ImportSpec
	path   string
	routes []route
}

// add keeps the shortest route to each package of an ORM, and the first of equals.
func (f *imports) add(r route) {
	for i, known := range f.Routes {
		if known.orm() == r.orm() {
			if len(r.Path) < len(known.Path) {
				f.Routes[i] = r
			}
			return
		}
	}
	f.Routes = append(f.Routes, r)
}

// ignored parses the imports of a file that build constraints leave out. It returns
// nil if the file is not Go, or is generated.
func ignored(pass *analysis.Pass, name string) *ast.File {
	if filepath.Ext(name) != ".go" {
		return nil
	}
	content, err := pass.ReadFile(name)
	if err != nil {
		return nil
	}
	f, err := parser.ParseFile(pass.Fset, name, content, parser.ImportsOnly|parser.ParseComments)
	if err != nil || ast.IsGenerated(f) {
		return nil
	}
	return f
}

// match returns the ORM that an import path belongs to, or "".
func match(listed []string, path string) string {
	for _, orm := range listed {
		if policy.Under(path, orm) {
			return orm
		}
	}
	return ""
}

// own reports whether a package belongs to the module that is analyzed.
func own(pass *analysis.Pass, path string) bool {
	module := ""
	if pass.Module != nil {
		module = pass.Module.Path
	}
	if module == "" { // outside of modules there is only the first element
		module, _, _ = strings.Cut(pass.Pkg.Path(), "/")
	}
	return path == module || strings.HasPrefix(path, module+"/")
}
