// Package golangci is drey's linter as a module plugin of golangci-lint, see
// https://golangci-lint.run/docs/plugins/module-plugins/. It registers the
// analyzers under the name drey.
//
// Their options are those of sqlc.yaml, whoever runs them. Only drey lint checks
// the project itself, by handedit and stalemigration. golangci-lint keeps reports
// until a Go file changes: after a new migration, run it with its cache cleaned,
// or rely on drey lint.
package golangci

import (
	"errors"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint"
	"github.com/dreysql/drey/internal/project"
)

func init() { register.Plugin("drey", New) }

// New makes the plugin. It does not have settings.
func New(settings any) (register.LinterPlugin, error) {
	if settings != nil {
		return nil, errors.New("drey has no settings in golangci-lint: write them under options.drey.lint in sqlc.yaml")
	}
	return plugin{}, nil
}

type plugin struct{}

// BuildAnalyzers returns the analyzers.
func (plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	return lint.Analyzers(&project.Projects{}), nil
}

// GetLoadMode says that they need types.
func (plugin) GetLoadMode() string { return register.LoadModeTypesInfo }
