package project

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Folders are the folders with what people write of a project: the
// configuration, the migrations and the queries, as far as they are there.
func (p *Project) Folders() []string {
	folders := []string{p.Dir}
	for _, b := range p.Config.Blocks {
		for _, name := range slices.Concat(b.Schema, b.Queries) {
			if strings.ContainsAny(name, "*?[]") {
				name = path.Dir(name)
			}
			if p.isFile(name) {
				name = path.Dir(name)
			}
			if path.Base(name) != "crud" {
				folders = append(folders, p.path(name))
			}
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

// InMigrations reports whether a file, given by its path on disk, is in a folder
// with migrations.
func (p *Project) InMigrations(file string) bool {
	for _, b := range p.Config.Blocks {
		for _, name := range b.Schema {
			folder := p.path(name)
			if filepath.Ext(folder) == ".sql" { // a file, or a pattern of them
				folder = filepath.Dir(folder)
			}
			if rel, err := filepath.Rel(folder, filepath.Dir(file)); err == nil && filepath.IsLocal(rel) {
				return true
			}
		}
	}
	return false
}

// path is where something is on disk that the configuration names.
func (p *Project) path(name string) string { return filepath.Join(p.Dir, filepath.FromSlash(name)) }

func (p *Project) isFile(name string) bool {
	info, err := os.Stat(p.path(name))
	return err == nil && !info.IsDir()
}
