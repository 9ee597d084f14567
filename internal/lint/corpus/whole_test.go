package corpus_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/dreysql/drey/internal/lint"
	"github.com/dreysql/drey/internal/lint/load"
	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/project"
)

// TestWhole lints whole modules: what callers in other packages hand in is known.
func TestWhole(t *testing.T) {
	for _, name := range []string{"program", "library", "drivers", "functions"} {
		t.Run(name, func(t *testing.T) {
			dir, err := filepath.Abs(filepath.Join("testdata/whole", name))
			if err != nil {
				t.Fatal(err)
			}
			pkgs, err := load.Packages(t.Context(), dir, []string{"./..."})
			if err != nil {
				t.Fatal(err)
			}
			wanted, lookAlikes := expected(t, pkgs)
			violations := 0
			for _, list := range wanted {
				violations += len(list)
			}
			keep := t.TempDir()
			reports := linted(t, dir, keep, "./...")
			for _, r := range reports {
				if !take(wanted, line{r.File, r.Line}, r.Message) {
					t.Errorf("%s:%d: not wanted: %s", r.File, r.Line, r.Message)
				}
			}
			for at, list := range wanted {
				for _, re := range list {
					t.Errorf("%s:%d: no report that matches %q", at.file, at.line, re)
				}
			}
			t.Logf("%d violations, %d look-alikes", violations, lookAlikes)
			if again := linted(t, dir, keep, "./..."); len(again) != len(reports) {
				t.Errorf("%d reports of what is kept, and %d before", len(again), len(reports))
			}
		})
	}
}

// TestPart: where only a part of the module is looked at, others may call it with
// anything.
func TestPart(t *testing.T) {
	dir, err := filepath.Abs("testdata/whole/program")
	if err != nil {
		t.Fatal(err)
	}
	all, part := len(linted(t, dir, t.TempDir(), "./...")), len(linted(t, dir, t.TempDir(), "./harvest"))
	if part <= all {
		t.Errorf("%d reports on one package, and %d on all", part, all)
	}
}

func linted(t *testing.T, dir, keep string, patterns ...string) []report.Report {
	t.Helper()
	projects := &project.Projects{}
	defer projects.Close()
	reports, _, err := lint.Packages(t.Context(), projects, dir, patterns, keep)
	if err != nil {
		t.Fatal(err)
	}
	return reports
}

// expected are the reports that packages want.
func expected(t *testing.T, pkgs []*packages.Package) (wanted wants, lookAlikes int) {
	wanted = wants{}
	seen := map[string]bool{}
	for _, p := range pkgs {
		for i, f := range p.Syntax {
			if name := p.CompiledGoFiles[i]; !seen[name] { // a package with tests is there twice
				seen[name] = true
				lookAlikes += read(t, p, f, wanted)
			}
		}
	}
	return wanted, lookAlikes
}
