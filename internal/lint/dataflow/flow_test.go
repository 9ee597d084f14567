package dataflow_test

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
	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/load"
)

// asked is what a function of testdata/values asks of its first argument. It returns what
// is wrong with the answer, or "".
var asked = map[string]func(v *dataflow.Values, e ast.Expr, want []string) string{
	"texts": func(v *dataflow.Values, e ast.Expr, want []string) string {
		got, ok := v.Texts(e)
		if !ok {
			return "its values are not known"
		}
		slices.Sort(got)
		slices.Sort(want)
		return cmp.Diff(want, got)
	},
	"unknown": func(v *dataflow.Values, e ast.Expr, _ []string) string {
		if got, ok := v.Texts(e); ok {
			return "its values are said to be " + strings.Join(got, ", ")
		}
		return ""
	},
	"begins": func(v *dataflow.Values, e ast.Expr, want []string) string {
		got := v.Begins(e)
		slices.Sort(got)
		slices.Sort(want)
		return cmp.Diff(want, got)
	},
	"elements": func(v *dataflow.Values, e ast.Expr, want []string) string {
		got, ok := v.Elements(e)
		if !ok {
			return "its elements are not known"
		}
		return cmp.Diff(want, got)
	},
	"trusted":  verdict(true, false),
	"injected": verdict(false, true),
	"foreign":  verdict(false, false),
}

func verdict(trusted, built bool) func(*dataflow.Values, ast.Expr, []string) string {
	return func(v *dataflow.Values, e ast.Expr, _ []string) string {
		switch {
		case v.Trusted(e) != trusted:
			return map[bool]string{true: "it is not trusted: " + fmt.Sprintf("%+v", v.Outside(e)), false: "it is trusted"}[trusted]
		case v.Built(e) != built:
			return map[bool]string{true: "it is not put together", false: "it is put together"}[built]
		}
		return ""
	}
}

// TestValues asks what the calls in testdata/values ask.
func TestValues(t *testing.T) {
	dir, err := filepath.Abs("testdata/values")
	if err != nil {
		t.Fatal(err)
	}
	pkgs, err := load.Packages(t.Context(), dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{dataflow.Analyzer}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	values, p := graph.Roots[0].Result.(*dataflow.Values), pkgs[0]
	times := map[string]int{}
	for _, f := range p.Syntax {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			callee := typeutil.StaticCallee(p.TypesInfo, call)
			if callee == nil || callee.Pkg() != p.Types || asked[callee.Name()] == nil {
				return true
			}
			times[callee.Name()]++
			var want []string
			for _, arg := range call.Args[1:] {
				text, ok := values.Text(arg)
				if !ok {
					t.Fatalf("%s: not a constant", p.Fset.Position(arg.Pos()))
				}
				want = append(want, text)
			}
			if wrong := asked[callee.Name()](values, call.Args[0], want); wrong != "" {
				t.Errorf("%s: %s", p.Fset.Position(call.Pos()), wrong)
			}
			return true
		})
	}
	for name := range asked {
		if times[name] == 0 {
			t.Errorf("nothing asks for %s", name)
		}
	}
}
