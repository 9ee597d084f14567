package policy

import (
	"go/ast"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
)

// Project answers what analyzers ask about the project that a package is in. If it
// is not in one, or if sqlc.yaml is wrong, the options are the defaults and no
// schema is known.
type Project struct {
	in   *project.Project
	read func(error) // gets told when the schema is asked for
}

// Of returns the project of the package that a pass is about.
func Of(projects *project.Projects, pass *analysis.Pass) Project {
	dir := ""
	for _, f := range pass.Files { // the first may be one of cgo's
		at := filepath.Dir(pass.Fset.Position(f.FileStart).Filename)
		if at == dir {
			continue
		}
		dir = at
		if p := projects.Around(dir); p != nil {
			return Project{p, projects.Read}
		}
	}
	return Project{}
}

// Settings returns options.drey.lint.
func (p Project) Settings() config.Lint {
	if p.in == nil {
		return config.Lint{}
	}
	return p.in.Config.Lint
}

// Skips reports whether the policy leaves a file alone: generated files, and tests
// unless the options include them. name is the name of the file.
func (p Project) Skips(f *ast.File, name string) bool {
	return ast.IsGenerated(f) || strings.HasSuffix(name, "_test.go") && !p.Settings().Tests
}

// InMigrations reports whether a file is in a folder with the project's migrations
// or, without a project, in one that is called migrations.
func (p Project) InMigrations(file string) bool {
	if p.in == nil {
		return filepath.Base(filepath.Dir(file)) == "migrations"
	}
	return p.in.InMigrations(file)
}

// Migrates reports whether a package is that of the tool which keeps a schema of the
// project: what it runs are the migrations.
func (p Project) Migrates(importPath string) bool {
	if p.in == nil {
		return false
	}
	for _, s := range p.in.Schemas() {
		if kind, err := s.Kind(); err == nil && kind.Library != "" && Under(importPath, kind.Library) {
			return true
		}
	}
	return false
}
