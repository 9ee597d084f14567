// Package lint is drey's policy as a suite of analyzers. It says which there are,
// and which files of a project they look at.
//
// The configuration stands in one place, options.drey.lint of the sqlc.yaml nearest
// above a package, see [config.Lint]. By default every analyzer runs except
// typedcolumns, which does not report violations. Generated files, in the sense of
// https://go.dev/s/generatedcode, are never reported: nobody could write a reason
// into them. Test files are reported only if the options say tests: true, because a
// test may well ask the database without the data layer.
//
// The package projectcheck has the checks that are about a project and not about a
// Go package: generated files edited by hand, and migrations changed after their
// release. Only "drey lint" runs them: an analyzer sees one package at a time and
// would repeat them for each.
package lint

import (
	"go/ast"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/sqlrowserr"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/lint/drivertimes"
	"github.com/dreysql/drey/internal/lint/everytenant"
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

// rowsErr is the analyzer of x/tools. It reports a loop over the rows of database/sql
// after which their Err is not asked. That rows are not closed is left to sqlclosecheck
// beside drey: it needs the SSA form of every package, and takes rows that are returned,
// or closed by a deferred function, for rows that are not closed.
var rowsErr = func() *analysis.Analyzer {
	a := *sqlrowserr.Analyzer
	a.Doc = "find loops over rows of database/sql that end without a look at their Err"
	return &a
}()

// suite makes every analyzer, for packages of these projects.
func suite(projects *project.Projects) []*analysis.Analyzer {
	return []*analysis.Analyzer{
		drivertimes.Analyzer,
		everytenant.Analyzer,
		nativesql.New(projects),
		otherorm.New(projects),
		schemachange.New(projects),
		rowsErr,
		squirrelcols.New(projects),
		squirreltraps.New(projects),
		typedcolumns.New(projects),
	}
}

// optional are the analyzers that run only where options.drey.lint.on names them.
var optional = []string{"typedcolumns"}

// runs reports whether the options enable an analyzer or a check.
func runs(name string, options config.Lint) bool {
	_, off := options.Off[name]
	_, on := options.On[name]
	return !off && (on || !slices.Contains(optional, name))
}

// Analyzers returns the suite. Each analyzer follows the configuration of the
// project that a package is in.
func Analyzers(projects *project.Projects) []*analysis.Analyzer {
	list := suite(projects)
	for i, a := range list {
		list[i] = configured(projects, a)
	}
	return list
}

// Names returns the names that options.drey.lint.off and on may have.
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

// CheckOptions finds names in the options that are not an analyzer's.
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

// held reports whether the policy applies to the file of a report.
func held(pass *analysis.Pass, options config.Lint, d analysis.Diagnostic) bool {
	if !options.Tests && strings.HasSuffix(pass.Fset.Position(d.Pos).Filename, "_test.go") {
		return false
	}
	return !slices.ContainsFunc(pass.Files, func(f *ast.File) bool {
		return f.FileStart <= d.Pos && d.Pos <= f.FileEnd && ast.IsGenerated(f)
	})
}
