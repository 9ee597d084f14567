package corpus_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/dreysql/drey/internal/lint"
	"github.com/dreysql/drey/internal/lint/load"
	"github.com/dreysql/drey/internal/lint/nativesql"
	"github.com/dreysql/drey/internal/lint/squirrelcols"
	"github.com/dreysql/drey/internal/lint/squirreltraps"
	"github.com/dreysql/drey/internal/project"
)

// analyzers by the folder of their corpus, with the violations and look-alikes
// that it has at least.
var analyzers = []struct {
	*analysis.Analyzer
	violations, lookAlikes int
}{
	{nativesql.New(&project.Projects{}), 276, 175},
	{squirrelcols.New(&project.Projects{}), 229, 230},
	{squirreltraps.New(&project.Projects{}), 135, 119},
	{configured("otherorm"), 50, 58},
	{configured("schemachange"), 79, 68},
	{configured("sqlrowserr"), 4, 5},
}

// configured is the analyzer as the suite runs it, with the defaults for tests
// and generated files.
func configured(name string) *analysis.Analyzer {
	list := lint.Analyzers(&project.Projects{})
	return list[slices.IndexFunc(list, func(a *analysis.Analyzer) bool { return a.Name == name })]
}

func TestCorpus(t *testing.T) {
	var all score
	for _, a := range analyzers {
		t.Run(a.Name, func(t *testing.T) {
			s := judge(t, a.Analyzer)
			t.Log(s)
			if s.violations < a.violations || s.lookAlikes < a.lookAlikes {
				t.Errorf("the corpus has %d violations and %d look-alikes, want at least %d and %d", s.violations, s.lookAlikes, a.violations, a.lookAlikes)
			}
			all.add(s)
		})
	}
	t.Log("all:", all)
	if all.found != all.violations || all.right != all.reports {
		t.Error("recall and precision are not 100 %")
	}
}

// score is the outcome of one analyzer over its corpus.
type score struct {
	violations, lookAlikes int // what the corpus has
	found                  int // violations that are reported
	reports, right         int // reports, and those of them that are wanted
}

func (s *score) add(t score) {
	s.violations += t.violations
	s.lookAlikes += t.lookAlikes
	s.found += t.found
	s.reports += t.reports
	s.right += t.right
}

func (s score) String() string {
	percent := func(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
	return fmt.Sprintf("%d violations, %d look-alikes, recall %.1f %%, precision %.1f %%",
		s.violations, s.lookAlikes, percent(s.found, s.violations), percent(s.right, s.reports))
}

type line struct {
	file string
	line int
}

// wants are the messages that lines want.
type wants map[line][]*regexp.Regexp

var (
	marks   = regexp.MustCompile("^//\\s*want((?:\\s+`[^`]*`)+)\\s*$")
	pattern = regexp.MustCompile("`([^`]*)`")
)

func judge(t *testing.T, a *analysis.Analyzer) (s score) {
	pkgs := packagesOf(t, a.Name)
	if js := filepath.Join(a.Name, "d1"); exists(js) {
		t.Setenv("GOOS", "js")
		t.Setenv("GOARCH", "wasm")
		pkgs = append(pkgs, packagesOf(t, js)...)
	}
	seen := map[string]bool{}
	wanted, lookAlikes := expected(t, pkgs)
	s.lookAlikes = lookAlikes
	for _, p := range pkgs {
		for _, name := range p.IgnoredFiles {
			f, err := parser.ParseFile(p.Fset, name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if !seen[name] {
				seen[name] = true
				s.lookAlikes += read(t, p, f, wanted)
			}
		}
	}
	for _, list := range wanted {
		s.violations += len(list)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range graph.Roots {
		if action.Err != nil {
			t.Fatal(action.Err)
		}
		for _, d := range action.Diagnostics {
			at := action.Package.Fset.Position(d.Pos)
			if said := at.String() + d.Message; seen[said] {
				continue
			} else {
				seen[said] = true
			}
			s.reports++
			if take(wanted, line{at.Filename, at.Line}, d.Message) {
				s.right++
				s.found++
			} else {
				t.Errorf("%s: not wanted: %s", at, d.Message)
			}
		}
	}
	for at, list := range wanted {
		for _, re := range list {
			t.Errorf("%s:%d: no report that matches %q", at.file, at.line, re)
		}
	}
	return s
}

// packagesOf are the packages of a folder. Those with files for another system are
// listed for that.
func packagesOf(t *testing.T, dir string) []*packages.Package {
	// What the go command reads is not seen by the cache of test results.
	if err := filepath.WalkDir("testdata", func(_ string, _ os.DirEntry, err error) error { return err }); err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs(filepath.Join("testdata", dir))
	if err != nil {
		t.Fatal(err)
	}
	pkgs, err := load.Packages(t.Context(), path, []string{"./..."})
	if err != nil {
		t.Fatal(err)
	}
	return pkgs
}

func exists(dir string) bool {
	_, err := os.Stat(filepath.Join("testdata", dir))
	return err == nil
}

// read notes the reports that a file wants, and counts its look-alikes.
func read(t *testing.T, p *packages.Package, f *ast.File, wanted wants) (lookAlikes int) {
	for _, group := range f.Comments {
		for _, c := range group.List {
			at := p.Fset.Position(c.Pos())
			switch m := marks.FindStringSubmatch(c.Text); {
			case m != nil:
				var list []*regexp.Regexp
				for _, re := range pattern.FindAllStringSubmatch(m[1], -1) {
					list = append(list, regexp.MustCompile(re[1]))
				}
				wanted[line{at.Filename, at.Line}] = list
			case strings.HasPrefix(c.Text, "// want"):
				t.Errorf("%s: a want that is not read", at)
			case strings.HasPrefix(c.Text, "// ok: "):
				lookAlikes++
			}
		}
	}
	return lookAlikes
}

// take removes the first expectation that a message fulfils.
func take(wanted wants, at line, message string) bool {
	for i, re := range wanted[at] {
		if re.MatchString(message) {
			wanted[at] = append(wanted[at][:i:i], wanted[at][i+1:]...)
			return true
		}
	}
	return false
}
