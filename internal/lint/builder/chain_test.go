package builder_test

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/load"
)

// read runs chain over a folder of testdata.
func read(t *testing.T, folder string) (*builder.Chains, []*ast.File) {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("testdata", folder))
	if err != nil {
		t.Fatal(err)
	}
	pkgs, err := load.Packages(t.Context(), dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{builder.Analyzer}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	return graph.Roots[0].Result.(*builder.Chains), pkgs[0].Syntax
}

// line writes a statement as the comments of testdata do.
func line(s *builder.Statement) string {
	known := "unknown"
	if s.Known {
		known = "known"
	} else if s.Partly {
		known = "partly"
	}
	var calls strings.Builder
	for _, c := range s.Calls {
		calls.WriteString(" " + c.Name)
		if c.Maybe {
			calls.WriteByte('?')
		}
	}
	other := ""
	if s.OtherDialect {
		other = " other dialect"
	}
	return fmt.Sprintf("%s %s%s %s%s", s.Kind, known, calls.String(), s.Use, other)
}

// TestStatements reads what the comments say.
func TestStatements(t *testing.T) {
	c, files := read(t, "statements")
	if !c.Imported {
		t.Error("squirrel is not imported")
	}
	functions := 0
	for _, f := range files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			var want, got []string
			if fn.Doc != nil {
				functions++
				want = strings.Split(strings.TrimSpace(fn.Doc.Text()), "\n")
			}
			for _, s := range c.Statements {
				if fn.Pos() <= s.Node.Pos() && s.Node.Pos() < fn.End() && s.File == f {
					got = append(got, line(s))
				}
			}
			if fn.Doc == nil {
				continue // its statement is used where it is called
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, -want +got:\n%s", fn.Name.Name, diff)
			}
		}
	}
	if functions < 10 {
		t.Errorf("only %d functions say what there is to read", functions)
	}
}
