package load

import (
	"bytes"
	"fmt"
	"go/importer"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/tools/go/packages"
)

// compiled are packages that the go command has compiled.
type compiled struct {
	program *Program
	files   map[string]string // with their export data, by the import path

	mu   sync.Mutex
	read types.Importer
}

// Prepare has the go command compile what packages of Source import, and what it
// makes of files with cgo. [Program.Check] may be called for them after that, and for
// what they import.
func (p *Program) Prepare(list []*packages.Package) error {
	imports := map[string]bool{}
	var cgo []*packages.Package
	packages.Visit(list, func(pkg *packages.Package) bool {
		if p.checked[pkg] == nil {
			if _, known := p.compiled.files[pkg.PkgPath]; !known && pkg.PkgPath != "unsafe" {
				imports[pkg.PkgPath] = true
			}
			return false
		}
		pkg.CompiledGoFiles = pkg.GoFiles
		if p.usesC(pkg) {
			cgo = append(cgo, pkg)
		}
		return true
	}, nil)
	if err := p.translate(cgo); err != nil {
		return err
	}
	return p.compiled.compile(slices.Sorted(maps.Keys(imports)))
}

// usesC reports whether the compiler may get other files than those of a package.
func (p *Program) usesC(pkg *packages.Package) bool {
	return slices.ContainsFunc(pkg.GoFiles, func(name string) bool {
		content, err := os.ReadFile(name)
		return err == nil && bytes.Contains(content, []byte(`"C"`))
	}) || slices.ContainsFunc(pkg.OtherFiles, func(name string) bool {
		return filepath.Ext(name) == ".swig" || filepath.Ext(name) == ".swigcxx"
	})
}

// translate lists the Go files that the go command makes of packages with cgo.
func (p *Program) translate(cgo []*packages.Package) error {
	if len(cgo) == 0 {
		return nil
	}
	var paths []string
	for _, pkg := range cgo {
		path := pkg.PkgPath
		if pkg.ForTest != "" {
			path = pkg.ForTest
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	cfg := p.cfg
	cfg.Mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles
	translated, err := list(&cfg, slices.Compact(paths))
	if err != nil {
		return fmt.Errorf("translate packages with cgo: %w", err)
	}
	for _, t := range translated {
		for _, pkg := range cgo {
			if pkg.ID != t.ID {
				continue
			}
			for _, e := range t.Errors {
				p.problems.add(pkg, e.Pos, e.Msg)
			}
			pkg.CompiledGoFiles = slices.DeleteFunc(t.CompiledGoFiles, func(name string) bool {
				return filepath.Ext(name) != ".go" && filepath.Dir(name) == pkg.Dir
			})
		}
	}
	return p.Problems()
}

// compile has packages compiled.
func (c *compiled) compile(paths []string) error {
	if len(paths) == 0 {
		return nil // no patterns would be the package in dir
	}
	cfg := c.program.cfg
	cfg.Tests, cfg.Mode = false, packages.NeedName|packages.NeedExportFile
	found, err := list(&cfg, paths)
	if err != nil {
		return fmt.Errorf("compile what the packages import: %w", err)
	}
	for _, pkg := range found {
		for _, e := range pkg.Errors {
			c.program.problems.add(pkg, e.Pos, e.Msg)
		}
		c.files[pkg.PkgPath] = pkg.ExportFile
	}
	return c.program.Problems()
}

// types are the types of a compiled package.
func (c *compiled) types(path string) (*types.Package, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read == nil {
		c.read = importer.ForCompiler(c.program.cfg.Fset, "gc", c.open)
	}
	t, err := c.read.Import(path)
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", path, err)
	}
	return t, nil
}

// open opens the export data of a package.
func (c *compiled) open(path string) (io.ReadCloser, error) {
	if c.files[path] == "" {
		return nil, fmt.Errorf("the go command has not compiled %s", path)
	}
	return os.Open(c.files[path])
}
