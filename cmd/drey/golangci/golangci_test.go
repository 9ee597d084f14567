package golangci_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	_ "github.com/dreysql/drey/cmd/drey/golangci"
)

// The plugin as golangci-lint gets it, over a package with a violation.
func TestPlugin(t *testing.T) {
	newPlugin, err := register.GetPlugin("drey")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newPlugin(map[string]any{"tests": true}); err == nil || !strings.Contains(err.Error(), "sqlc.yaml") {
		t.Errorf("settings: %v", err)
	}
	plugin, err := newPlugin(nil)
	if err != nil {
		t.Fatal(err)
	}
	analyzers, err := plugin.BuildAnalyzers()
	if err != nil {
		t.Fatal(err)
	}
	if err := analysis.Validate(analyzers); err != nil {
		t.Fatal(err)
	}
	if mode := plugin.GetLoadMode(); mode != register.LoadModeTypesInfo {
		t.Errorf("load mode %s", mode)
	}
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Dir: filepath.FromSlash("../../../internal/lint/corpus/testdata/otherorm")}, "./service")
	if err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze(analyzers, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	reports := 0
	for _, action := range graph.Roots {
		if action.Err != nil {
			t.Fatal(action.Err)
		}
		for _, d := range action.Diagnostics {
			reports++
			if !strings.Contains(d.Message, "example.com/shop/store → gorm.io/gorm") {
				t.Errorf("%s: %s", action.Analyzer.Name, d.Message)
			}
		}
	}
	if reports != 1 {
		t.Errorf("%d reports, want 1", reports)
	}
}
