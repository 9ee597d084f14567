package project

import (
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// Requires lists the modules that the go.mod around the project requires for its own
// packages, by their paths. Without a go.mod there are none.
func (p *Project) Requires() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.requires == nil {
		p.requires = requires(p.Dir)
	}
	return p.requires
}

func requires(dir string) []string {
	list := []string{}
	for {
		src, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil {
			f, err := modfile.ParseLax("go.mod", src, nil)
			if err != nil {
				return list
			}
			for _, r := range f.Require {
				if !r.Indirect {
					list = append(list, r.Mod.Path)
				}
			}
			return list
		}
		up := filepath.Dir(dir)
		if up == dir {
			return list
		}
		dir = up
	}
}
