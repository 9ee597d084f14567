package typecheck

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Project is what the go command knows of a module. One goroutine at a time may call its
// methods.
type Project struct {
	dir    string                 // of go.mod, "" without a module
	module string                 // its path
	file   string                 // what stands in for its go.mod, or ""
	temp   func() (string, error) // a folder of its own
	mod    func() (string, error) // a go.mod in it
	early  func() (*exports, error)
	cancel context.CancelFunc // of early
	found  *exports

	fset     *token.FileSet
	loading  sync.Mutex     // compiled
	compiled types.Importer // of export data
	sources  []Source
	imported func() []string // by sources

	mu      sync.Mutex                         // what packages have in common, while they are checked side by side
	checked map[bool]map[string]*types.Package // sources, by whether they are for the host
}

// Source is a package that is to be written as well, and that others import. Its own
// imports are in emission order: a source imports those before it alone.
type Source struct {
	Path, Dir string
	Files     map[string][]byte // by name
}

// GoError is a go command that failed as a whole, so that it would fail in the
// same way to build anything.
type GoError struct{ Said string }

func (e *GoError) Error() string { return e.Said }

// errNoGo says that the go command was not found.
var errNoGo = errors.New("there is no go command")

// New returns the project in the folder of a go.mod, and the path of its module.
// Both are "" without a go.mod. In the background it begins to look for the
// export data of packages that will be imported, and has the go command build
// what it does not have yet. If modfile is not "", that file stands in for the go.mod, as
// the go command's flag of that name has it.
func New(ctx context.Context, dir, module, modfile string, imports []string, sources []Source) *Project {
	p := &Project{dir: dir, module: module, file: modfile, sources: sources, fset: token.NewFileSet(), checked: map[bool]map[string]*types.Package{}}
	p.temp = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "drey-check-*") })
	p.mod = sync.OnceValues(p.copyModule)
	p.imported = sync.OnceValue(p.importedBySources)
	ctx, p.cancel = context.WithCancel(ctx)
	p.early = sync.OnceValues(func() (*exports, error) { return p.export(ctx, imports) })
	go func() { _, _ = p.early() }() // exportData has the error
	return p
}

// Close ends what goes on in the background and removes the project's temporary
// files.
func (p *Project) Close() {
	p.cancel()
	_, _ = p.early()
	dir, err := p.temp()
	if err != nil {
		return
	}
	// A compiler outlives the go command that was stopped, and may add its output to a
	// folder that is being removed; it does not make folders.
	for range 10 {
		if os.RemoveAll(dir) == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// owns reports whether an import path is one of the module's own.
func (p *Project) owns(path string) bool {
	return p.module != "" && (path == p.module || strings.HasPrefix(path, p.module+"/"))
}

func (p *Project) env(name string) string { return os.Getenv(name) }

// updates reports whether the go command may write go.mod. It is given another.
func (p *Project) updates() bool { return strings.Contains(p.env("GOFLAGS"), "-mod=mod") }

func (p *Project) arch() string { return cmp.Or(p.env("GOARCH"), runtime.GOARCH) }

// run runs the go command in the module's folder, with the flags and the
// environment that its user has.
func (p *Project) run(ctx context.Context, args ...string) (out []byte, said string, err error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	temp, err := p.temp()
	if err != nil {
		return nil, "", fmt.Errorf("check types: %w", err)
	}
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), "GOTMPDIR="+temp) // what it leaves there when it is stopped goes
	switch {
	case p.dir == "":
		cmd.Dir = os.TempDir()
		cmd.Env = append(cmd.Env, "GO111MODULE=off", "GOFLAGS=", "GOWORK=off")
	case p.file != "": // a vendor folder is that of the go.mod
		cmd.Args = slices.Insert(cmd.Args, 2, "-mod=mod", "-modfile="+p.file)
		cmd.Env = append(cmd.Env, "GOWORK=off")
	case p.updates():
		file, err := p.mod()
		if err != nil {
			return nil, "", err
		}
		cmd.Args = slices.Insert(cmd.Args, 2, "-modfile="+file)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err = cmd.Output()
	switch {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return nil, "", errNoGo
	case cmd.ProcessState == nil && err != nil:
		return nil, "", fmt.Errorf("run the go command: %w", err)
	}
	return out, strings.TrimSpace(downloading.ReplaceAllString(errs.String(), "")), err
}

// downloading is what the go command says of its progress.
var downloading = regexp.MustCompile(`(?m)^go: (?:downloading|finding) .*\n`)

// copyModule puts go.mod and go.sum where they may be changed.
func (p *Project) copyModule() (string, error) {
	dir, err := p.temp()
	if err != nil {
		return "", fmt.Errorf("check types: %w", err)
	}
	for _, name := range []string{"go.sum", "go.mod"} {
		content, err := os.ReadFile(filepath.Join(p.dir, name))
		if err != nil && name == "go.sum" {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("check types: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return "", fmt.Errorf("check types: %w", err)
		}
	}
	return filepath.Join(dir, "go.mod"), nil
}

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

// pattern is the package as the go command is given it.
func (p *Project) pattern(pkg *Package) string {
	rel, err := filepath.Rel(p.dir, pkg.Dir)
	if err != nil {
		return pkg.Dir
	}
	return "./" + filepath.ToSlash(rel)
}

// overlay shows the go command the files that are to be written, as far as they
// are not there yet.
func (p *Project) overlay(packages ...*Package) ([]string, error) {
	replace := map[string]string{}
	dir, err := p.temp()
	if err != nil {
		return nil, fmt.Errorf("check types: %w", err)
	}
	all := map[string][]byte{}
	sources := slices.Clone(p.sources)
	for _, pkg := range packages {
		sources = append(sources, Source{Dir: pkg.Dir, Files: pkg.Files})
	}
	for _, s := range sources {
		for name, content := range s.Files {
			all[filepath.Join(s.Dir, name)] = content
		}
	}
	for file, content := range all {
		if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, content) {
			continue
		}
		temp := filepath.Join(dir, strconv.Itoa(len(replace))+".go")
		if err := os.WriteFile(temp, content, 0o644); err != nil {
			return nil, fmt.Errorf("check types: %w", err)
		}
		replace[file] = temp
	}
	for _, pkg := range packages {
		for _, name := range pkg.Stale {
			replace[filepath.Join(pkg.Dir, name)] = ""
		}
	}
	if len(replace) == 0 {
		return nil, nil
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, fmt.Errorf("check types: %w", err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return nil, fmt.Errorf("check types: %w", err)
	}
	return []string{"-overlay=" + file}, nil
}

func decode(out []byte) (packages []listed, err error) {
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var d listed
		switch err := dec.Decode(&d); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("read what go list says: %w", err)
		}
		packages = append(packages, d)
	}
}

// vet asks go vet, which is slow, about a project whose Go is newer than the one
// that this command was built with.
func (p *Project) vet(ctx context.Context, pkg *Package) ([]Failure, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	overlay, err := p.overlay(pkg)
	if err != nil {
		return nil, err
	}
	// One analyzer, and one that finds little: the types are what is asked for.
	_, said, err := p.run(ctx, append(append([]string{"vet", "-framepointer"}, overlay...), p.pattern(pkg))...)
	if err == nil {
		return nil, nil
	}
	var failures []Failure
	for line := range strings.Lines(said) {
		if m := vetLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			f := Failure{Pos: position(m[1]), Msg: m[2]}
			if !filepath.IsAbs(f.Pos.Filename) {
				f.Pos.Filename = filepath.Join(p.dir, f.Pos.Filename)
			}
			failures = append(failures, f)
		}
	}
	if len(failures) == 0 {
		return nil, &GoError{said}
	}
	return trim(failures), nil
}

var vetLine = regexp.MustCompile(`^(?:vet: )?(.+\.go:\d+(?::\d+)?): (.*)$`)

func importPath(spec *ast.ImportSpec) string {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil { // the parser has looked
		return spec.Path.Value
	}
	return path
}
