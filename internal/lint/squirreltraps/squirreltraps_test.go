package squirreltraps_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/dreysql/drey/internal/lint/squirreltraps"
	"github.com/dreysql/drey/internal/project"
)

// The reports are judged in package corpus.
func TestFix(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), squirreltraps.New(&project.Projects{}), "fix")
}
