package nativesql_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/dreysql/drey/internal/lint/nativesql"
	"github.com/dreysql/drey/internal/project"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), nativesql.New(&project.Projects{}), "a", "noschema", "kept", "libs")
}

func TestFix(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), nativesql.New(&project.Projects{}), "fix")
}
