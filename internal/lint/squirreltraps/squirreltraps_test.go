package squirreltraps_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/dreysql/drey/internal/lint/squirreltraps"
)

// The reports are judged in package corpus.
func TestFix(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), squirreltraps.Analyzer, "fix")
}
