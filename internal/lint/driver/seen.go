package driver

import (
	"crypto/sha256"
	"fmt"
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

// source is what others see of a package that is read from source: its declarations,
// its facts, and what it has of its imports through them.
func (s *seen) source(p *packages.Package, r result, visible func(*packages.Package) (cache.Key, error)) (cache.Key, error) {
	return s.once(p, fmt.Sprintf("source %q %x %x", p.ID, r.Shape, sha256.Sum256(r.Facts)), visible)
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
	return s.once(p, fmt.Sprintf("compiled %q %q", p.ID, what), s.compiled)
}

// once computes what others see of a package, with what is seen through its imports.
func (s *seen) once(p *packages.Package, what string, visible func(*packages.Package) (cache.Key, error)) (cache.Key, error) {
	s.mu.Lock()
	key, ok := s.keys[p]
	s.mu.Unlock()
	if ok {
		return key, nil
	}
	h := sha256.New()
	fmt.Fprintln(h, what)
	for _, path := range sortedImports(p) {
		i, err := visible(p.Imports[path])
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
