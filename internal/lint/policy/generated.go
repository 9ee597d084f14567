package policy

import (
	"os"
	"path"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// Generated is the folder and the import path of the package that is generated
// for the project that dir is in. ok is false where there is not exactly one, or
// where only a build constraint makes it one.
func Generated(dir string) (folder, importPath string, ok bool) {
	root, cfg := configuration(dir)
	if cfg == nil || len(cfg.Blocks) != 1 || len(cfg.Skipped) > 0 || cfg.Blocks[0].BuildTags != "" {
		return "", "", false
	}
	folder = filepath.Join(root, filepath.FromSlash(cfg.Blocks[0].Out))
	for at := folder; ; at = filepath.Dir(at) {
		content, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err != nil {
			if at == filepath.Dir(at) {
				return "", "", false
			}
			continue
		}
		rel, err := filepath.Rel(at, folder)
		module := modfile.ModulePath(content)
		return folder, path.Join(module, filepath.ToSlash(rel)), err == nil && module != ""
	}
}
