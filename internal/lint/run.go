package lint

import (
	"context"
	"fmt"
	"go/token"
	"os"
	"path/filepath"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/dreysql/drey/internal/lint/load"
	"github.com/dreysql/drey/internal/lint/projectcheck"
	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/project"
)

// Rules returns all analyzers, those of the package projectcheck last.
func Rules() []report.Rule {
	var rules []report.Rule
	for _, a := range suite(nil) {
		rules = append(rules, report.Rule{Name: a.Name, Doc: a.Doc})
	}
	for _, c := range projectcheck.Checks {
		rules = append(rules, report.Rule{Name: c.Name, Doc: c.Doc})
	}
	return rules
}

// Packages runs the analyzers over the packages that the patterns name, as seen
// from dir. It asks projects which projects they are in. The reports are sorted,
// and their files are absolute. Its errors are those of [load.Packages], and those
// of an analyzer that fails.
//
// looked says about a file whether the run would have reported it: a file in a folder
// of these packages, one that is not Go, or one that does not exist any more.
func Packages(ctx context.Context, projects *project.Projects, dir string, patterns []string) (reports []report.Report, looked func(file string) bool, err error) {
	named, err := load.Packages(ctx, dir, patterns)
	if err != nil {
		return nil, nil, err
	}
	graph, err := checker.Analyze(Analyzers(projects), named, nil)
	if err != nil {
		return nil, nil, err
	}
	for _, action := range graph.Roots {
		if action.Err != nil {
			return nil, nil, fmt.Errorf("%s of %s: %w", action.Analyzer.Name, action.Package.ID, action.Err)
		}
		for _, d := range action.Diagnostics {
			reports = append(reports, asReport(action.Package.Fset, action.Analyzer.Name, d))
		}
	}
	folders := map[string]bool{}
	for _, p := range named {
		folders[p.Dir] = true
	}
	return report.Sort(reports), func(file string) bool {
		if filepath.Ext(file) != ".go" || folders[filepath.Dir(file)] {
			return true
		}
		_, err := os.Stat(file)
		return err != nil
	}, nil
}

// asReport converts what an analyzer reports, with the first of its fixes: the one
// that is certain.
func asReport(fset *token.FileSet, analyzer string, d analysis.Diagnostic) report.Report {
	at := fset.Position(d.Pos)
	r := report.Report{Analyzer: analyzer, File: at.Filename, Line: max(at.Line, 1), Column: max(at.Column, 1), Message: d.Message}
	if end := fset.Position(d.End); end.Filename == at.Filename {
		r.EndLine, r.EndColumn = end.Line, end.Column
	}
	if len(d.SuggestedFixes) > 0 {
		for _, e := range d.SuggestedFixes[0].TextEdits {
			file := fset.File(e.Pos)
			if !e.End.IsValid() {
				e.End = e.Pos
			}
			r.Fix = append(r.Fix, report.Edit{File: file.Name(), Start: file.Offset(e.Pos), End: file.Offset(e.End), New: string(e.NewText)})
		}
	}
	return r
}
