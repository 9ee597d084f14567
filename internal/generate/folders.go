package generate

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/config"
)

// Folders are the folders that a watcher looks at: those of the configuration,
// the migrations and the queries, as far as they are there.
func Folders(dir string) []string {
	folders := []string{dir}
	cfg, err := config.Load(dir)
	if err != nil { // there is the configuration to wait for
		return folders
	}
	for _, b := range cfg.Blocks {
		for _, p := range slices.Concat(b.Schema, b.Queries) {
			if strings.ContainsAny(p, "*?[]") {
				p = path.Dir(p)
			}
			folder := filepath.Join(dir, filepath.FromSlash(p))
			if info, err := os.Stat(folder); err == nil && !info.IsDir() {
				folder = filepath.Dir(folder)
			}
			if path.Base(filepath.ToSlash(folder)) != "crud" {
				folders = append(folders, folder)
			}
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
