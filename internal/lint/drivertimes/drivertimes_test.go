package drivertimes_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/dreysql/drey/internal/lint/drivertimes"
)

func TestDriverTimes(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), drivertimes.Analyzer, "a", "indirect")
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), drivertimes.Analyzer, "db", "own", "fixed")
}
