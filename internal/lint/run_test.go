package lint

import (
	"cmp"
	"path/filepath"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/dreysql/drey/internal/lint/load"
	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/project"
)

// corpora are the modules of the corpus.
var corpora = []string{"corpus/testdata/otherorm", "corpus/testdata/schemachange", "corpus/testdata/nativesql", "corpus/testdata/squirrelcols", "corpus/testdata/squirreltraps", "corpus/testdata/sqlrowserr"}

// linted is what a run reports about all packages of a folder.
func linted(t *testing.T, dir, keep string) []report.Report {
	t.Helper()
	projects := &project.Projects{}
	defer projects.Close()
	reports, _, err := Packages(t.Context(), projects, dir, []string{"./..."}, keep)
	if err != nil {
		t.Fatal(err)
	}
	return reports
}

// TestAsChecker: over the corpora a run reports what the driver of x/tools does, also
// when it takes everything from what it has kept.
func TestAsChecker(t *testing.T) {
	for _, corpus := range corpora {
		dir, err := filepath.Abs(corpus)
		if err != nil {
			t.Fatal(err)
		}
		want := checked(t, dir)
		if len(want) == 0 {
			t.Errorf("%s: no reports", corpus)
		}
		keep := t.TempDir()
		for _, run := range []string{"without what is kept", "with it"} {
			if diff := gocmp.Diff(want, linted(t, dir, keep)); diff != "" {
				t.Errorf("%s, %s: -want +got:\n%s", corpus, run, diff)
			}
		}
	}
}

// checked is what checker.Analyze reports.
func checked(t *testing.T, dir string) []report.Report {
	t.Helper()
	projects := &project.Projects{}
	defer projects.Close()
	program, err := load.List(t.Context(), dir, []string{"./..."}, func(dir string) bool {
		p := projects.Around(dir)
		return p != nil && p.Config.Lint.Tests
	}, load.Kept{})
	if err != nil {
		t.Fatal(err)
	}
	if err := program.CheckAll(); err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze(Analyzers(projects), program.Named, nil)
	if err != nil {
		t.Fatal(err)
	}
	var reports []report.Report
	for _, action := range graph.Roots {
		if action.Err != nil {
			t.Fatal(action.Err)
		}
		fset := action.Package.Fset
		for _, d := range action.Diagnostics {
			at, end := fset.Position(d.Pos), fset.Position(d.End)
			r := report.Report{Analyzer: action.Analyzer.Name, File: at.Filename, Line: at.Line, Column: at.Column, Message: d.Message}
			if d.End.IsValid() {
				r.EndLine, r.EndColumn = end.Line, end.Column
			}
			for _, part := range d.Related {
				at, end := fset.Position(part.Pos), fset.Position(part.End)
				r.Parts = append(r.Parts, report.Report{Analyzer: r.Analyzer, File: at.Filename, Line: at.Line, Column: at.Column, Message: part.Message,
					EndLine: end.Line, EndColumn: end.Column})
			}
			if len(d.SuggestedFixes) > 0 {
				for _, e := range d.SuggestedFixes[0].TextEdits {
					f := fset.File(e.Pos)
					sum, err := program.Sum(f.Name())
					if err != nil {
						t.Fatal(err)
					}
					r.Fix = append(r.Fix, report.Edit{File: f.Name(), Sum: sum, Start: f.Offset(e.Pos), End: f.Offset(cmp.Or(e.End, e.Pos)), New: string(e.NewText)})
				}
			}
			reports = append(reports, r)
		}
	}
	return report.Sort(reports)
}
