package policy

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dreysql/drey/internal/config"
)

// configs are the names that a configuration may have.
var configs = []string{"sqlc.yaml", "sqlc.yml", "sqlc.json"}

// IsConfig reports whether the base name is that of a configuration.
func IsConfig(name string) bool { return slices.Contains(configs, name) }

// Project is the nearest folder, from dir upwards, with a configuration, in the
// same module. ok is false where there is none.
func Project(dir string) (root string, ok bool) {
	for {
		for _, name := range configs {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				return dir, true
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); !errors.Is(err, fs.ErrNotExist) {
			return "", false
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
}

// read has what each project's configuration says, nil where it is broken, for
// as long as the process lives: an analyzer runs for many packages, or for one.
var read sync.Map // from the root to *config.Config

// configuration is that of the project that dir is in, nil without one. What is
// wrong with it is for "drey lint" and "drey generate" to say.
func configuration(dir string) (root string, cfg *config.Config) {
	root, ok := Project(dir)
	if !ok {
		return "", nil
	}
	if known, ok := read.Load(root); ok {
		return root, known.(*config.Config)
	}
	cfg, err := config.Load(root)
	if err != nil {
		cfg = nil
	}
	read.Store(root, cfg)
	return root, cfg
}

// Settings are the options.drey.lint of the project that dir is in, the defaults
// where there is none.
func Settings(dir string) config.Lint {
	if _, cfg := configuration(dir); cfg != nil {
		return cfg.Lint
	}
	return config.Lint{}
}

// InMigrations reports whether a file is in a folder with the project's
// migrations, or without a project in one that is called migrations.
func InMigrations(file string) bool {
	dir := filepath.Dir(file)
	root, cfg := configuration(dir)
	if cfg == nil {
		return filepath.Base(dir) == "migrations"
	}
	for _, b := range cfg.Blocks {
		for _, p := range b.Schema {
			folder := filepath.Join(root, filepath.FromSlash(p))
			if filepath.Ext(folder) == ".sql" { // a file, or a pattern of them
				folder = filepath.Dir(folder)
			}
			if rel, err := filepath.Rel(folder, dir); err == nil && filepath.IsLocal(rel) {
				return true
			}
		}
	}
	return false
}

// Under reports whether an import path is, or is below, another one, of
// whatever major version: github.com/go-jet/jet/v2/sqlite is under
// github.com/go-jet/jet, and gopkg.in/gorp.v3 under gopkg.in/gorp.
func Under(importPath, parent string) bool {
	rest, ok := strings.CutPrefix(version.ReplaceAllString(importPath, ""), parent)
	return ok && (rest == "" || rest[0] == '/')
}

var version = regexp.MustCompile(`/v[0-9]+\b|\.v[0-9]+\b`)
