package driver

import (
	"fmt"
	"go/token"
	"go/types"
	"os"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/lint/whole"
)

// pass runs analyzers over one package, and those that they require.
func (r *run) pass(u *unit, analyzers []*analysis.Analyzer) error {
	own := facts{}
	results := map[*analysis.Analyzer]any{}
	found := map[said]int{} // where the reports are
	for _, a := range analyzers {
		err := r.do(u, a, own, results, func(d analysis.Diagnostic) {
			found[said{d.Pos, d.Message}] = len(u.Reports)
			u.Reports = append(u.Reports, r.asReport(u, a.Name, d))
		})
		if err != nil {
			return err
		}
	}
	if of, ok := results[r.Whole].(whole.Package); ok {
		for _, c := range of.Conditions() {
			if c.Only != nil {
				only := r.asReport(u, c.Analyzer, *c.Only)
				u.Depends = append(u.Depends, depends{Report: -1, On: c.On, Only: &only})
			} else if i, ok := found[said{c.Pos, c.Message}]; ok {
				dep := depends{Report: i, On: c.On}
				for _, d := range c.Otherwise {
					dep.Otherwise = append(dep.Otherwise, r.asReport(u, u.Reports[i].Analyzer, d))
				}
				u.Depends = append(u.Depends, dep)
			}
		}
	}
	var err error
	u.Facts, err = own.encode()
	return err
}

// said is what a report is found by.
type said struct {
	pos     token.Pos
	message string
}

// do runs an analyzer, and before it those that it requires.
func (r *run) do(u *unit, a *analysis.Analyzer, own facts, results map[*analysis.Analyzer]any, reports func(analysis.Diagnostic)) error {
	if _, done := results[a]; done {
		return nil
	}
	pass := &analysis.Pass{
		Analyzer: a, Fset: u.Fset, Files: u.Syntax, OtherFiles: u.OtherFiles, IgnoredFiles: u.IgnoredFiles,
		Pkg: u.Types, TypesInfo: u.TypesInfo, TypesSizes: u.TypesSizes, Module: &analysis.Module{},
		ResultOf: map[*analysis.Analyzer]any{}, ReadFile: os.ReadFile, Report: reports,
	}
	if m := u.Module; m != nil {
		*pass.Module = analysis.Module{Path: m.Path, Version: m.Version, GoVersion: m.GoVersion}
	}
	for _, required := range a.Requires {
		if err := r.do(u, required, own, results, func(analysis.Diagnostic) {}); err != nil {
			return err
		}
		pass.ResultOf[required] = results[required]
	}
	r.giveFacts(pass, u, own)
	result, err := a.Run(pass)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", a.Name, u.ID, err)
	}
	results[a] = result
	return nil
}

// giveFacts lets a pass read and write facts.
func (r *run) giveFacts(pass *analysis.Pass, u *unit, own facts) {
	of := func(pkg *types.Package) facts {
		if pkg == pass.Pkg {
			return own
		}
		return r.of(pkg)
	}
	pass.ImportObjectFact = func(obj types.Object, ptr analysis.Fact) bool {
		return obj.Pkg() != nil && of(obj.Pkg()).get(obj, ptr)
	}
	pass.ImportPackageFact = func(pkg *types.Package, ptr analysis.Fact) bool { return of(pkg).get(nil, ptr) }
	pass.ExportObjectFact = func(obj types.Object, f analysis.Fact) {
		if obj.Pkg() != pass.Pkg {
			panic(fmt.Sprintf("%s exports a fact of %s, which is of another package than %s", pass.Analyzer.Name, obj, pass.Pkg.Path()))
		}
		own[about{obj, reflect.TypeOf(f)}] = f
	}
	pass.ExportPackageFact = func(f analysis.Fact) { own[about{nil, reflect.TypeOf(f)}] = f }
	pass.AllObjectFacts = func() []analysis.ObjectFact { panic("what is kept does not depend on all facts") }
	pass.AllPackageFacts = func() []analysis.PackageFact { panic("what is kept does not depend on all facts") }
}

// asReport converts what an analyzer reports, with the reports that it stands for, which are
// the related ones, and with the first of its fixes: the one that is certain. What the go command has made of a file cannot be fixed.
func (r *run) asReport(u *unit, analyzer string, d analysis.Diagnostic) report.Report {
	fset := u.Fset
	at := fset.Position(d.Pos)
	to := report.Report{Analyzer: analyzer, File: at.Filename, Line: max(at.Line, 1), Column: max(at.Column, 1), Message: d.Message}
	if end := fset.Position(d.End); end.Filename == at.Filename {
		to.EndLine, to.EndColumn = end.Line, end.Column
	}
	for _, part := range d.Related {
		to.Parts = append(to.Parts, r.asReport(u, analyzer, analysis.Diagnostic{Pos: part.Pos, End: part.End, Message: part.Message}))
	}
	if len(d.SuggestedFixes) > 0 {
		for _, e := range d.SuggestedFixes[0].TextEdits {
			file := fset.File(e.Pos)
			if !e.End.IsValid() {
				e.End = e.Pos
			}
			sum, err := r.program.Sum(file.Name())
			if err != nil || !slices.Contains(u.GoFiles, file.Name()) {
				to.Fix = nil
				break
			}
			to.Fix = append(to.Fix, report.Edit{File: file.Name(), Sum: sum, Start: file.Offset(e.Pos), End: file.Offset(e.End), New: string(e.NewText)})
		}
	}
	return to
}
