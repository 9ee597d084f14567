package load

import (
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// examples are folders whose programs do not count: they show how a library is used.
var examples = []string{"example", "examples"}

// Closed returns the import paths of the packages whose callers are all among Source,
// as far as one can tell: where the patterns name the whole of a module, its programs and
// their packages, and those that are internal. What a library exports may be called from
// anywhere.
func (p *Program) Closed() map[string]bool {
	closed := map[string]bool{}
	add := func(pkg *packages.Package) {
		if ofMain(pkg) && p.whole(pkg.Module) {
			closed[pkg.PkgPath] = true
		}
	}
	for _, pkg := range p.Source {
		parts := strings.Split(pkg.PkgPath, "/")
		shows := slices.ContainsFunc(parts, func(s string) bool { return slices.Contains(examples, s) })
		switch {
		case pkg.Name == "main" && !shows:
			packages.Visit([]*packages.Package{pkg}, func(i *packages.Package) bool {
				if p.checked[i] == nil {
					return false
				}
				add(i)
				return true
			}, nil)
		case pkg.Name == "main" || slices.Contains(parts, "internal"):
			add(pkg)
		}
	}
	return closed
}

// whole reports whether the patterns name all packages of a module.
func (p *Program) whole(m *packages.Module) bool {
	return slices.ContainsFunc(p.patterns, func(pattern string) bool {
		folder, all := strings.CutSuffix(pattern, "...")
		if pattern == m.Path+"/..." {
			return true
		}
		if !all || folder != "" && !strings.HasPrefix(folder, ".") && !filepath.IsAbs(folder) || folder != "" && !strings.HasSuffix(folder, "/") {
			return false
		}
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(p.cfg.Dir, folder)
		}
		below, err := filepath.Rel(folder, m.Dir)
		return err == nil && filepath.IsLocal(below)
	})
}
