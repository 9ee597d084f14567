package typecheck

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
)

// writes reports whether a package is one of the sources.
func (p *Project) writes(path string) bool {
	return slices.ContainsFunc(p.sources, func(s Source) bool { return s.Path == path })
}

// importedBySources are the other packages that the sources import on the host.
func (p *Project) importedBySources() []string {
	paths := map[string]bool{}
	for _, s := range p.sources {
		files, err := p.parse(s, build.Default)
		if err != nil {
			continue // locals tells
		}
		for _, f := range files {
			for _, spec := range f.Imports {
				if path := importPath(spec); !p.writes(path) {
					paths[path] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(paths))
}

func (p *Project) parse(s Source, platform build.Context) (files []*ast.File, err error) {
	for _, name := range matching(s.Dir, s.Files, platform) {
		f, err := parser.ParseFile(p.fset, filepath.Join(s.Dir, name), s.Files[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("check types: %w", err)
		}
		files = append(files, f)
	}
	return files, nil
}

// locals checks the sources on a platform, once, with the functions' bodies: they
// may need newer modules than the project has.
func (c *checker) locals(host bool, goVersion string) (failures []Failure, again bool, err error) {
	p := c.project
	if c.local = p.checked[host]; c.local != nil {
		return nil, false, nil
	}
	platform := build.Default
	if !host {
		platform = p.wasm()
	}
	c.local = map[string]*types.Package{}
	for _, s := range p.sources {
		files, err := p.parse(s, platform)
		if err != nil {
			return nil, false, err
		}
		if len(files) == 0 {
			continue
		}
		pass := c.newPass(s.Path)
		pass.goVersion = goVersion
		names := make([]string, len(files))
		for i, f := range files {
			names[i] = p.fset.Position(f.FileStart).Filename
			c.parsed[names[i]] = f
		}
		pass.run(names)
		failures, again = append(failures, pass.failures...), again || pass.again
		c.local[s.Path] = pass.checked
	}
	if len(failures) == 0 && !again {
		p.checked[host] = c.local
	}
	return failures, again, nil
}
