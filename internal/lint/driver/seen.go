package driver

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/tools/go/packages"

	"github.com/dreysql/drey/internal/lint/cache"
	"github.com/dreysql/drey/internal/lint/load"
)

// seen are hashes of packages: of what they are, and of what others see of them.
type seen struct {
	program *load.Program
	base    cache.Key

	mu   sync.Mutex
	keys map[*packages.Package]cache.Key // of what others see
}

// own is the hash of a package as it is written and listed.
func (s *seen) own(p *packages.Package) (cache.Key, error) {
	h := sha256.New()
	h.Write(s.base[:])
	fmt.Fprintf(h, "%q %q %q %q\n", p.ID, p.PkgPath, p.Name, p.Dir)
	if m := p.Module; m != nil {
		fmt.Fprintf(h, "module %q %q %q\n", m.Path, m.Version, m.GoVersion)
	}
	err := s.program.HashFiles(h, p)
	return cache.Key(h.Sum(nil)), err
}

// source is what others see of a package that is read from source: its declarations
// and its facts, and what is seen of the packages whose types are in those.
func (s *seen) source(p *packages.Package, r result, visible func(*packages.Package) (cache.Key, error)) (cache.Key, error) {
	exposed := map[string]*packages.Package{}
	for _, path := range r.Exposes {
		if exposed[path] = below(p, path); exposed[path] == nil {
			return cache.Key{}, fmt.Errorf("%s has types of %s, which it does not import", p.ID, path)
		}
	}
	return s.once(p, fmt.Sprintf("source %q %x %x", p.ID, r.Declared, sha256.Sum256(r.Facts)), exposed, visible)
}

// below finds a package among those that another imports, directly or not.
func below(p *packages.Package, path string) (found *packages.Package) {
	if i := p.Imports[path]; i != nil && i.PkgPath == path {
		return i
	}
	packages.Visit([]*packages.Package{p}, func(i *packages.Package) bool {
		if found == nil && i != p && i.PkgPath == path {
			found = i
		}
		return found == nil
	}, nil)
	return found
}

// compiled is what others see of any other package.
func (s *seen) compiled(p *packages.Package) (cache.Key, error) {
	what := p.Dir
	if !s.program.Fixed(p.Dir) { // vendored, replaced by a folder, or from elsewhere
		own, err := s.own(p)
		if err != nil {
			return own, err
		}
		what = fmt.Sprintf("%x", own)
	}
	return s.once(p, fmt.Sprintf("compiled %q %q", p.ID, what), p.Imports, s.compiled)
}

// once computes what others see of a package, with what is seen of those through it.
func (s *seen) once(p *packages.Package, what string, through map[string]*packages.Package, visible func(*packages.Package) (cache.Key, error)) (cache.Key, error) {
	s.mu.Lock()
	key, ok := s.keys[p]
	s.mu.Unlock()
	if ok {
		return key, nil
	}
	h := sha256.New()
	fmt.Fprintln(h, what)
	for _, path := range slices.Sorted(maps.Keys(through)) {
		i, err := visible(through[path])
		if err != nil {
			return key, err
		}
		fmt.Fprintf(h, "%q %x\n", path, i)
	}
	key = cache.Key(h.Sum(nil))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[p] = key
	return key, nil
}
