package nativesql_test

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/dreysql/drey/internal/lint/load"
	"github.com/dreysql/drey/internal/lint/nativesql"
	"github.com/dreysql/drey/internal/project"
)

// The text of an expression is prepared over the columns of its source, here those of
// this repository's own project.
func TestExpressionsOfSources(t *testing.T) {
	pkgs, err := load.Packages(t.Context(), ".", []string{"./testdata/ofsource"})
	if err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{nativesql.New(&project.Projects{})}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/ofsource/ofsource.go")
	if err != nil {
		t.Fatal(err)
	}
	said := map[int]string{}
	for _, action := range graph.Roots {
		if action.Err != nil {
			t.Fatal(action.Err)
		}
		for _, d := range action.Diagnostics {
			said[action.Package.Fset.Position(d.Pos).Line] += strings.TrimPrefix(d.Message, "SQLite refuses this on the migrated schema: ")
		}
	}
	for i, l := range strings.Split(string(text), "\n") {
		_, want, _ := strings.Cut(l, "// want: ")
		if got := said[i+1]; got != want {
			t.Errorf("line %d: %q, want %q", i+1, got, want)
		}
	}
}
