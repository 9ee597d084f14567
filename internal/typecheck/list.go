package typecheck

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/build"
	"go/token"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// listing is what belongs to a package, as absolute paths.
type listing struct {
	Go, Test, XTest []string
	GoVersion       string // go1.26
	failures        []Failure
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Name, ForTest, Export            string
	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
	IgnoredGoFiles                               []string // for other platforms
	Module                                       *struct {
		Path, Version, GoVersion string
		Replace                  *struct{ Path, Version string }
	}
	Error      *listError
	DepsErrors []listError
}

type listError struct {
	ImportStack []string
	Pos, Err    string
}

// list asks which files belong to a package, and what the go command finds amiss
// before it compiles anything.
func (p *Project) list(ctx context.Context, pkg *Package) (*listing, error) {
	if pkg.Path == "" {
		return unlisted(pkg, build.Default)
	}
	packages, said, err := p.ask(ctx, pkg)
	switch {
	case errors.Is(err, errNoGo):
		return unlisted(pkg, build.Default)
	case err != nil && said == "":
		return nil, err
	case err != nil:
		return nil, &GoError{said}
	}
	return p.listing(pkg, packages), nil
}

// listAll lists packages at once. The listing is nil of one that is to be listed alone:
// the go command tells more of what is amiss then, or nothing of that of others.
func (p *Project) listAll(ctx context.Context, packages []*Package) []*listing {
	listings := make([]*listing, len(packages))
	named := map[string]*Package{}
	for _, pkg := range packages {
		if pkg.Path != "" {
			named[pkg.Path] = pkg
		}
	}
	if len(named) < 2 {
		return listings
	}
	all, _, err := p.ask(ctx, slices.Collect(maps.Values(named))...)
	if err != nil {
		return listings
	}
	of := map[string][]listed{}
	for i := range all {
		path := cmp.Or(all[i].ForTest, strings.TrimSuffix(all[i].ImportPath, ".test"))
		of[path] = append(of[path], all[i])
	}
	for i, pkg := range packages {
		if len(of[pkg.Path]) == 0 {
			continue
		}
		if l := p.listing(pkg, of[pkg.Path]); len(l.failures) == 0 {
			listings[i] = l
		}
	}
	return listings
}

// ask has the go command list packages, with their tests. said is what it says where it
// fails as a whole.
func (p *Project) ask(ctx context.Context, packages ...*Package) (list []listed, said string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.updates() || p.file != "" { // both have one go.mod
		_, _ = p.early()
	}
	overlay, err := p.overlay(packages...)
	if err != nil {
		return nil, "", err
	}
	args := append([]string{"list", "-e", "-test",
		"-json=ImportPath,Name,ForTest,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,EmbedFiles,TestEmbedFiles,XTestEmbedFiles,Module,Error,DepsErrors"}, overlay...)
	for _, pkg := range packages {
		args = append(args, p.pattern(pkg))
	}
	out, said, err := p.run(ctx, args...)
	if err != nil {
		return nil, said, err
	}
	list, err = decode(out)
	return list, "", err
}

// listing is what the go command says of a package, and after it of its tests.
func (p *Project) listing(pkg *Package, packages []listed) *listing {
	l := &listing{}
	for i := range packages {
		d := &packages[i]
		if d.ForTest == "" && !strings.HasSuffix(d.ImportPath, ".test") {
			l.Go = absolute(pkg.Dir, slices.Concat(d.GoFiles, d.CgoFiles))
			l.Test, l.XTest = absolute(pkg.Dir, d.TestGoFiles), absolute(pkg.Dir, d.XTestGoFiles)
			l.GoVersion = "go1.16" // of a go.mod that does not say
			if d.Module != nil && d.Module.GoVersion != "" {
				l.GoVersion = "go" + d.Module.GoVersion
			}
		}
		test := i > 0
		if d.Error != nil {
			l.failures = append(l.failures, p.failure(d.Error, test))
		}
		for j := range d.DepsErrors {
			l.failures = append(l.failures, p.failure(&d.DepsErrors[j], test))
		}
	}
	l.failures = trim(l.failures)
	return l
}

// wasm is the platform of Cloudflare's workers, with the build tags of GOFLAGS.
func (p *Project) wasm() build.Context {
	c := build.Default
	c.GOOS, c.GOARCH, c.CgoEnabled = "js", "wasm", false
	for flag := range strings.FieldsSeq(p.env("GOFLAGS")) {
		if tags, ok := strings.CutPrefix(strings.TrimLeft(flag, "-"), "tags="); ok {
			c.BuildTags = strings.Split(tags, ",")
		}
	}
	return c
}

// unlisted is the listing where nobody is asked: the files that belong to the
// package on a platform, without tests.
func unlisted(pkg *Package, platform build.Context) (*listing, error) {
	l := &listing{}
	names := map[string]bool{}
	for _, name := range matching(pkg.Dir, pkg.Files, platform) {
		names[name] = true
	}
	entries, err := os.ReadDir(pkg.Dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, errNotDir) {
		return nil, fmt.Errorf("check types: %w", err)
	}
	for _, e := range entries {
		_, generated := pkg.Files[e.Name()]
		if generated || slices.Contains(pkg.Stale, e.Name()) || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		if ok, err := platform.MatchFile(pkg.Dir, e.Name()); err == nil && ok {
			names[e.Name()] = true
		}
	}
	l.Go = absolute(pkg.Dir, sortedKeys(names))
	return l, nil
}

// matching are the files that belong to a package on a platform, sorted.
func matching(dir string, files map[string][]byte, platform build.Context) (names []string) {
	for name, content := range files {
		ctx := platform
		ctx.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
		if ok, err := ctx.MatchFile(dir, name); err == nil && ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func absolute(dir string, names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = filepath.Join(dir, name)
	}
	return list
}

// failure is what the go command says of a package or of one that it imports.
func (p *Project) failure(e *listError, test bool) Failure {
	f := Failure{Msg: strings.Replace(e.Err, "import cycle not allowed in test", "import cycle not allowed", 1), Test: test}
	if f.Pos = position(e.Pos); f.Pos.IsValid() && !filepath.IsAbs(f.Pos.Filename) {
		f.Pos.Filename = filepath.Join(p.dir, f.Pos.Filename)
	}
	if m := provides.FindStringSubmatch(f.Msg); m != nil {
		f.Import = cmp.Or(m[1], m[2], m[3], m[4], m[5])
	} else if n := len(e.ImportStack); n > 1 {
		f.Import = e.ImportStack[1]
	}
	return f
}

// provides finds the import that is missing.
var provides = regexp.MustCompile(`(?:no required module|cannot find module|missing go\.sum entry for module) (?:provides|providing) package ([^\s;:]+)` +
	`|^package (\S+) is not in std` + `|^use of internal package (\S+) not allowed` +
	`|module providing package (\S+) ` + `|^cannot find package "([^"]+)"`)

// position reads file:line:col.
func position(text string) (pos token.Position) {
	fields := strings.Split(text, ":")
	var numbers []int
	for len(fields) > 1 && len(numbers) < 2 {
		n, err := strconv.Atoi(fields[len(fields)-1])
		if err != nil {
			break
		}
		numbers = append(numbers, n)
		fields = fields[:len(fields)-1]
	}
	switch pos.Filename = strings.Join(fields, ":"); len(numbers) {
	case 2:
		pos.Column, pos.Line = numbers[0], numbers[1]
	case 1:
		pos.Line = numbers[0]
	}
	return pos
}
