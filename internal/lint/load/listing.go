package load

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/dreysql/drey/internal/lint/cache"
)

// listing is what the go command lists for patterns, in the form in which it is kept.
type listing struct {
	Packages []listed // imports first
	Modules  []moduleOf
	Roots    []int // of Packages
}

type listed struct {
	ID, Name, PkgPath, Dir, ForTest   string
	GoFiles, OtherFiles, IgnoredFiles []string       // not of packages whose files never change
	Imports                           map[string]int // of Packages
	Module                            int            // of Modules, or -1
}

type moduleOf struct{ Path, Version, GoVersion, Dir string }

// list lists what the patterns name. What the go command has said about the same state of
// the disk is kept.
func (p *Program) list() ([]*packages.Package, error) {
	if p.kept.Dir == "" || p.foreign() {
		return written(&p.cfg, p.patterns)
	}
	before := p.readState()
	if before == nil {
		return written(&p.cfg, p.patterns)
	}
	key := p.listingKey(before)
	if content, ok := p.kept.Get(key); ok {
		var l listing
		if gob.NewDecoder(bytes.NewReader(content)).Decode(&l) == nil {
			return l.packages(), nil
		}
	}
	roots, err := written(&p.cfg, p.patterns)
	if err != nil {
		return nil, err
	}
	again := &Program{environment: p.environment, files: newFiles()}
	if after := again.readState(); after == nil || !bytes.Equal(before.sum(), after.sum()) {
		return roots, nil // of which state it is, is not known
	}
	var b bytes.Buffer
	if l, ok := p.listing(roots, before); ok && gob.NewEncoder(&b).Encode(l) == nil {
		p.kept.Put(key, b.Bytes())
	}
	return roots, nil
}

// foreign reports whether the packages may come from files, or from a program, that the
// state of the modules does not have.
func (p *Program) foreign() bool {
	for _, flag := range []string{"-overlay", "-modfile"} {
		if strings.Contains(p.environment["GOFLAGS"], flag) {
			return true
		}
	}
	if driver := os.Getenv("GOPACKAGESDRIVER"); driver != "" {
		return driver != "off"
	}
	_, err := exec.LookPath("gopackagesdriver")
	return err == nil
}

func (p *Program) listingKey(s *state) cache.Key {
	h := sha256.New()
	h.Write(p.kept.Base[:])
	p.HashEnvironment(h)
	fmt.Fprintf(h, "listing %q %q %t %x", p.cfg.Dir, p.patterns, p.cfg.Tests, s.sum())
	return cache.Key(h.Sum(nil))
}

// written lists packages without the programs that the go command writes to run tests.
func written(cfg *packages.Config, patterns []string) ([]*packages.Package, error) {
	roots, err := list(cfg, patterns)
	return slices.DeleteFunc(roots, func(p *packages.Package) bool {
		return len(p.GoFiles) > 0 && filepath.Dir(p.GoFiles[0]) != p.Dir
	}), err
}

// listing is what can be kept of packages. It is not ok if some have errors, or files that
// the state does not have.
func (p *Program) listing(roots []*packages.Package, s *state) (l *listing, ok bool) {
	l, ok = &listing{}, true
	index, modules := map[*packages.Package]int{}, map[moduleOf]int{}
	packages.Visit(roots, nil, func(pkg *packages.Package) {
		one := listed{
			ID: pkg.ID, Name: pkg.Name, PkgPath: pkg.PkgPath, Dir: pkg.Dir, ForTest: pkg.ForTest,
			Imports: map[string]int{}, Module: -1,
		}
		if !p.Fixed(pkg.Dir) || slices.Contains(roots, pkg) {
			one.GoFiles, one.OtherFiles, one.IgnoredFiles = pkg.GoFiles, pkg.OtherFiles, pkg.IgnoredFiles
		}
		for _, file := range slices.Concat(pkg.GoFiles, pkg.OtherFiles, pkg.EmbedFiles) {
			dir := filepath.Dir(file)
			ok = ok && (s.folders[dir] || p.Fixed(dir))
		}
		ok = ok && len(pkg.Errors) == 0
		for path, i := range pkg.Imports {
			one.Imports[path] = index[i]
		}
		if m := pkg.Module; m != nil {
			of := moduleOf{m.Path, m.Version, m.GoVersion, m.Dir}
			at, known := modules[of]
			if !known {
				at = len(l.Modules)
				modules[of], l.Modules = at, append(l.Modules, of)
			}
			one.Module = at
		}
		index[pkg] = len(l.Packages)
		l.Packages = append(l.Packages, one)
	})
	for _, root := range roots {
		l.Roots = append(l.Roots, index[root])
	}
	return l, ok
}

// packages are the ones in the listing.
func (l *listing) packages() (roots []*packages.Package) {
	all := make([]*packages.Package, len(l.Packages))
	for n, one := range l.Packages {
		pkg := &packages.Package{
			ID: one.ID, Name: one.Name, PkgPath: one.PkgPath, Dir: one.Dir, ForTest: one.ForTest,
			GoFiles: one.GoFiles, OtherFiles: one.OtherFiles, IgnoredFiles: one.IgnoredFiles,
			Imports: map[string]*packages.Package{},
		}
		for path, i := range one.Imports {
			pkg.Imports[path] = all[i]
		}
		if one.Module >= 0 {
			m := l.Modules[one.Module]
			pkg.Module = &packages.Module{Path: m.Path, Version: m.Version, GoVersion: m.GoVersion, Dir: m.Dir}
		}
		all[n] = pkg
	}
	for _, i := range l.Roots {
		roots = append(roots, all[i])
	}
	return roots
}
