package typecheck

import (
	"context"
	"errors"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
)

var errNotDir error = syscall.ENOTDIR

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// exports is where the export data of packages is, by import path.
type exports struct {
	mu       sync.RWMutex
	packages map[string]*listed
}

// known reports whether there is any, at least that of the standard library.
func (e *exports) known() bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return len(e.packages) > 0
}

// of is what is known of a package, or nil.
func (e *exports) of(path string) *listed {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.packages[path]
}

func (e *exports) add(packages map[string]*listed) {
	e.mu.Lock()
	defer e.mu.Unlock()
	maps.Copy(e.packages, packages)
}

// failures are those of these imports that cannot be built.
func (e *exports) failures(paths []string) (list []Failure) {
	for _, path := range paths {
		d := e.of(path)
		if d == nil || d.Export != "" {
			continue
		}
		said := d.DepsErrors
		if d.Error != nil {
			said = append(said, *d.Error)
		}
		for _, s := range said {
			if !provides.MatchString(s.Err) { // list has that
				list = append(list, Failure{Msg: s.Err, Import: path})
			}
		}
	}
	return list
}

// exportData is the export data of at least these packages.
func (p *Project) exportData(ctx context.Context, paths []string) (*exports, error) {
	if p.found == nil {
		var err error
		if p.found, err = p.early(); err != nil {
			return nil, err
		}
	}
	var more []string
	for _, path := range paths {
		if p.found.of(path) == nil && (p.dir != "" || isStandard(path)) {
			more = append(more, path)
		}
	}
	if len(more) > 0 && (p.found.known() || p.dir != "") {
		found, err := p.export(ctx, more)
		if err != nil {
			return nil, err
		}
		p.found.add(found.packages)
	}
	return p.found, nil
}

// newImporter returns an importer of packages whose export data there is.
func newImporter(fset *token.FileSet, e *exports) types.Importer {
	return importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(e.of(path).Export)
	})
}

// isStandard reports whether a path can be one of the standard library.
func isStandard(path string) bool { return !strings.Contains(strings.SplitN(path, "/", 2)[0], ".") }

// export asks the go command for export data. Without a go command there is none.
func (p *Project) export(ctx context.Context, paths []string) (*exports, error) {
	e := &exports{packages: map[string]*listed{}}
	if p.dir == "" {
		paths = slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return !isStandard(path) })
	}
	if len(paths) == 0 {
		return e, nil
	}
	out, said, err := p.run(ctx, append([]string{"list", "-e", "-export", "-json=ImportPath,Name,Export,IgnoredGoFiles,Module,Error,DepsErrors", "--"}, paths...)...)
	switch {
	case errors.Is(err, errNoGo):
		return e, nil
	case err != nil && len(out) == 0 && said != "":
		return nil, &GoError{said}
	case err != nil && len(out) == 0:
		return nil, err
	}
	packages, err := decode(out)
	if err != nil {
		return nil, err
	}
	for i := range packages {
		e.packages[packages[i].ImportPath] = &packages[i]
	}
	return e, nil
}

// Version is the version of the module that a package is from, as far as it has
// been imported. It is "" where the version is not known; replaced reports that
// another module or folder stands in for it.
func (p *Project) Version(importPath string) (version string, replaced bool) {
	if p.found == nil {
		return "", false
	}
	d := p.found.of(importPath)
	if d == nil || d.Module == nil {
		return "", false
	}
	m := d.Module
	if m.Replace != nil {
		return m.Replace.Version, m.Replace.Version == "" || m.Replace.Path != m.Path
	}
	return m.Version, false
}

const notLoaded = "drey loads no package"

// Import returns a package. One that is taken on trust comes with an error, so
// that whatever is selected from it is left alone.
func (c *checker) Import(importPath string) (*types.Package, error) {
	switch {
	case c.own != nil && importPath == c.pkg.Path:
		return c.own, nil
	case c.local[importPath] != nil:
		return c.local[importPath], nil
	}
	return c.project.load(importPath, c.host)
}

// load returns a package from its export data, which is that of the host.
func (p *Project) load(importPath string, host bool) (*types.Package, error) {
	d := p.found.of(importPath)
	if d != nil && d.Export != "" && (host || isStandard(importPath) || len(d.IgnoredGoFiles) == 0) {
		p.loading.Lock()
		defer p.loading.Unlock()
		if p.compiled == nil {
			p.compiled = newImporter(p.fset, p.found)
		}
		return p.compiled.Import(importPath)
	}
	name := packageName(importPath)
	if d != nil && d.Name != "" {
		name = d.Name
	}
	return types.NewPackage(importPath, name), errors.New(notLoaded + " " + importPath)
}

var (
	majorVersion = regexp.MustCompile(`^v[0-9]+$`)
	affixes      = regexp.MustCompile(`^go[-.]|[-.]go$|\.v[0-9]+$`)
)

// packageName guesses the name of a package that is not there.
func packageName(importPath string) string {
	base := path.Base(importPath)
	if majorVersion.MatchString(base) {
		base = path.Base(path.Dir(importPath))
	}
	return strings.ReplaceAll(affixes.ReplaceAllString(base, ""), "-", "")
}
