// Package lint is drey's policy as a suite of analyzers: which there are, and on
// what of a project they run.
//
// What is configured stands in one place, options.drey.lint of the sqlc.yaml
// nearest above a package, see [config.Lint]. By default every analyzer runs but
// typedcolumns, which reports no violation.
// Generated files, in the sense of https://go.dev/s/generatedcode, are never
// reported: nobody could write a reason into them. Test files are where options
// say tests: true; a test may well ask the database behind the data layer's back.
//
// What is about a project and not about a Go package is in the package projectcheck:
// generated files edited by hand, and migrations changed after their release.
// "drey lint" alone runs these checks, since an analyzer sees one package at a
// time and would run them again for each.
package lint

import (
	"go/ast"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/lint/nativesql"
	"github.com/dreysql/drey/internal/lint/otherorm"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/lint/projectcheck"
	"github.com/dreysql/drey/internal/lint/schemachange"
	"github.com/dreysql/drey/internal/lint/squirrelcols"
	"github.com/dreysql/drey/internal/lint/squirreltraps"
	"github.com/dreysql/drey/internal/lint/typedcolumns"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
)

// suite makes every analyzer, for packages of these projects.
func suite(projects *project.Projects) []*analysis.Analyzer {
	return []*analysis.Analyzer{
		nativesql.New(projects),
		otherorm.New(projects),
		schemachange.New(projects),
		squirrelcols.New(projects),
		squirreltraps.New(projects),
		typedcolumns.New(projects),
	}
}

// optional are the analyzers that run only where options.drey.lint.on names them.
var optional = []string{"typedcolumns"}

// runs reports whether the options let an analyzer or a check run.
func runs(name string, options config.Lint) bool {
	_, off := options.Off[name]
	_, on := options.On[name]
	return !off && (on || !slices.Contains(optional, name))
}

// Analyzers are the suite, each of which does what the configuration of a
// package's project says of it.
func Analyzers(projects *project.Projects) []*analysis.Analyzer {
	list := suite(projects)
	for i, a := range list {
		list[i] = configured(projects, a)
	}
	return list
}

// Names are the names that options.drey.lint.off and on may have.
func Names() []string {
	var names []string
	for _, a := range suite(nil) {
		names = append(names, a.Name)
	}
	for _, c := range projectcheck.Checks {
		names = append(names, c.Name)
	}
	return names
}

// CheckOptions finds names in the options that no analyzer has.
func CheckOptions(cfg *config.Config) error {
	var problems diag.Problems
	for _, list := range []map[string]int{cfg.Lint.Off, cfg.Lint.On} {
		for name, line := range list {
			if !slices.Contains(Names(), name) {
				problems = append(problems, &diag.Problem{File: cfg.File, Line: line, Msg: "there is no analyzer " + name,
					Fix: "use some of " + strings.Join(Names(), ", ")})
			}
		}
	}
	problems.Sort()
	return problems.Err()
}

// configured is the analyzer under the options of each package's project.
func configured(projects *project.Projects, a *analysis.Analyzer) *analysis.Analyzer {
	c := *a
	c.Run = func(pass *analysis.Pass) (any, error) {
		if len(pass.Files) == 0 {
			return a.Run(pass)
		}
		options := policy.Of(projects, pass).Settings()
		if !runs(a.Name, options) {
			return nil, nil
		}
		own := *pass
		own.Report = func(d analysis.Diagnostic) {
			if held(pass, options, d) {
				pass.Report(d)
			}
		}
		return a.Run(&own)
	}
	return &c
}

// held reports whether the file of a report is held to the policy.
func held(pass *analysis.Pass, options config.Lint, d analysis.Diagnostic) bool {
	if !options.Tests && strings.HasSuffix(pass.Fset.Position(d.Pos).Filename, "_test.go") {
		return false
	}
	return !slices.ContainsFunc(pass.Files, func(f *ast.File) bool {
		return f.FileStart <= d.Pos && d.Pos <= f.FileEnd && ast.IsGenerated(f)
	})
}
