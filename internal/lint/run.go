package lint

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint/cache"
	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/driver"
	"github.com/dreysql/drey/internal/lint/load"
	"github.com/dreysql/drey/internal/lint/policy"
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
// and their files are absolute. Its errors are those of [load.List] and [driver.Run].
//
// Below a folder it keeps what it finds. If that is "", nothing is kept.
//
// looked says about a file whether the run would have reported it: a file in a folder
// of these packages, one that is not Go, or one that does not exist any more.
func Packages(ctx context.Context, projects *project.Projects, dir string, patterns []string, keep string) (reports []report.Report, looked func(file string) bool, err error) {
	own := sha256.New()
	if err := project.HashProgram(own); err != nil {
		return nil, nil, err
	}
	kept := load.Kept{Cache: cache.Cache{}, Base: cache.Key(own.Sum(nil))}
	if keep != "" {
		kept.Dir = filepath.Join(keep, "listed")
	}
	program, err := load.List(ctx, dir, patterns, func(dir string) bool {
		p := projects.Around(dir)
		return p != nil && p.Config.Lint.Tests
	}, kept)
	if err != nil {
		return nil, nil, err
	}
	base := sha256.New()
	base.Write(kept.Base[:])
	program.HashEnvironment(base)
	reports, err = driver.Run(ctx, program, driver.Suite{
		Analyzers:    func(read func(error)) []*analysis.Analyzer { return Analyzers(projects.Watched(read)) },
		HashSettings: hashOf(projects, hashSettings),
		HashSchema: hashOf(projects, func(w io.Writer, p *project.Project) error {
			for _, b := range p.Config.Blocks {
				if m, err := p.Module(b); err == nil {
					sum, err := program.Sum(policy.SourcesFile(m))
					fmt.Fprintln(w, sum, err)
				}
			}
			return hashSchema(w, p)
		}),
		Whole: dataflow.Analyzer,
		Cache: &cache.Cache{Dir: keep}, Base: cache.Key(base.Sum(nil)),
	})
	if err != nil {
		return nil, nil, err
	}
	return merged(report.Sort(reports)), func(file string) bool {
		if filepath.Ext(file) != ".go" || program.Folders[filepath.Dir(file)] {
			return true
		}
		_, err := os.Stat(file)
		return err != nil
	}, nil
}

// merged makes one report of those of several analyzers that have one cause.
func merged(sorted []report.Report) (list []report.Report) {
	for _, r := range sorted {
		if n := len(list) - 1; n >= 0 && list[n].File == r.File && list[n].Line == r.Line && list[n].Column == r.Column {
			if message, ok := dataflow.Merge(list[n].Message, r.Message); ok {
				list[n].Message = message
				continue
			}
		}
		list = append(list, r)
	}
	return list
}

// hashOf returns a function that adds the hash of the project around a folder, which
// is computed once, to another one.
func hashOf(projects *project.Projects, add func(io.Writer, *project.Project) error) func(w io.Writer, dir string) error {
	var mu sync.Mutex
	known := map[*project.Project][]byte{}
	return func(w io.Writer, dir string) error {
		p := projects.Around(dir)
		if p == nil {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if known[p] == nil {
			h := sha256.New()
			if err := add(h, p); err != nil {
				return err
			}
			known[p] = h.Sum(nil)
		}
		_, err := w.Write(known[p])
		return err
	}
}

// hashSettings adds what the analyzers know of a project besides its schema.
func hashSettings(w io.Writer, p *project.Project) error {
	fmt.Fprintf(w, "project %q %q %d\n", p.Dir, p.Config.File, len(p.Config.Text()))
	if _, err := w.Write(p.Config.Text()); err != nil {
		return err
	}
	for _, b := range p.Config.Blocks {
		m, err := p.Module(b)
		if m == nil {
			m = &project.Module{}
		}
		fmt.Fprintf(w, "%q %q %v\n", m.Own, m.Out, err)
	}
	fmt.Fprintf(w, "%q\n", p.Requires())
	return nil
}

// hashSchema adds the migrations of a project. Broken ones change what is reported,
// too.
func hashSchema(w io.Writer, p *project.Project) error {
	for _, s := range p.Schemas() {
		files, err := s.Files()
		fmt.Fprintf(w, "%d %v\n", len(files), err)
		for i := range files {
			text := files[i].Goose()
			fmt.Fprintf(w, "%q %d\n", files[i].Path, len(text))
			if _, err := w.Write(text); err != nil {
				return err
			}
		}
	}
	return nil
}
