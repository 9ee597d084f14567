package everytenant_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/dreysql/drey/internal/lint/everytenant"
)

func TestEveryTenant(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), everytenant.Analyzer, "a", "admin")
}
