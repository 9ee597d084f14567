package generate

import (
	"cmp"
	"fmt"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/emit"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/typecheck"
)

// compilation turns what does not compile in one package into messages.
type compilation struct {
	*run
	block    *block
	module   *project.Module
	pkg      *typecheck.Package
	problems diag.Problems
	lacks    []string            // imports without a module
	gets     []string            // what go get has to be given
	others   []string            // further commands
	refused  map[string][]string // imports that the go command refuses, by what it says
}

// maxFailures is how many errors of one package are reported: others follow
// from them.
const maxFailures = 5

// explainFailures turns what the go command says into problems of the project's own files.
func (r *run) explainFailures(b *block, m *project.Module, pkg *typecheck.Package, failures []typecheck.Failure) diag.Problems {
	c := &compilation{run: r, block: b, module: m, pkg: pkg}
	if err := module.CheckImportPath(m.Own); m.Own != "" && err != nil { // all else that is said comes of it
		c.problem(r.cfg.File, b.Line, 0, fmt.Sprintf("package %s cannot be imported: %s", b.Package, err),
			"let out, and the folders around it up to that of go.mod, have names of letters, digits, '-', '_' and '.'")
		return c.problems
	}
	for i := range failures {
		if c.otherPackage(failures[i].Msg) { // what else is said comes of it
			return c.problems
		}
	}
	var unknown []typecheck.Failure
	for i := range failures {
		f := &failures[i]
		if !c.ofCommand(f) && !c.ofImport(f) && !c.ofType(f) && !c.ofVersion(f) && !c.clash(f) && !c.ofHand(f) {
			unknown = append(unknown, *f)
		}
	}
	c.missing()
	if len(unknown) > 0 {
		c.generated(unknown)
	}
	if len(c.problems) > maxFailures {
		c.problems.Sort()
		c.problems = compact(c.problems)
	}
	if more := len(c.problems) - maxFailures; more > 0 {
		c.problems = append(c.problems[:maxFailures], &diag.Problem{File: r.cfg.File, Line: b.Line,
			Msg: fmt.Sprintf("package %s: %d more errors like these", b.Package, more)})
	}
	return c.problems
}

func (c *compilation) problem(file string, line, col int, msg, fix string) {
	c.problems = append(c.problems, &diag.Problem{File: file, Line: line, Col: col, Msg: msg, Fix: fix})
}

// isGenerated reports whether a file is one of those to be written.
func (c *compilation) isGenerated(file string) bool {
	_, ok := c.result.tree.Files[c.relative(file)]
	return ok
}

// override is the override that gives a type of that package.
func (c *compilation) override(importPath string) (config.NamedType, bool) {
	for _, t := range c.block.NamedTypes() {
		if t.Import == importPath {
			return t, true
		}
	}
	return config.NamedType{}, false
}

// ofCommand passes on what the go command says of the whole package.
func (c *compilation) ofCommand(f *typecheck.Failure) bool {
	if f.Import != "" || f.Type != nil || f.Pos.IsValid() {
		return false
	}
	if tags := c.block.BuildTags; tags != "" && strings.Contains(f.Msg, "build constraints exclude all Go files") {
		c.problem(c.cfg.File, c.block.Line, 0, fmt.Sprintf("package %s is built where %s holds, as build_tags says, and that does not hold here", c.block.Package, tags),
			"give drey generate the tags that the package is built with: GOFLAGS=-tags=… drey generate")
		return true
	}
	c.problem(c.goMod(), 0, 0, fmt.Sprintf("package %s cannot be built: %s", c.block.Package, strings.ReplaceAll(f.Msg, c.module.Dir+string(filepath.Separator), "")),
		"mend that first")
	return true
}

// twoPackages is what the go command says of a folder with files of two packages.
var twoPackages = regexp.MustCompile(`^found packages (\S+) \(([^)]+)\) and (\S+) \(([^)]+)\) in `)

// otherPackage explains a file by hand of another package.
func (c *compilation) otherPackage(msg string) bool {
	m := twoPackages.FindStringSubmatch(msg)
	if m == nil {
		return false
	}
	name, file := m[1], m[2]
	if name == c.block.Package {
		name, file = m[3], m[4]
	}
	c.problem(path.Join(c.block.Out, file), 0, 0,
		fmt.Sprintf("this file is of package %s, and what is generated beside it of package %s", name, c.block.Package),
		fmt.Sprintf("move it to another folder\nor have this block's Go in another: out in gen.go of %s\nor call the generated package so: package: %s", c.cfg.File, name))
	return true
}

// command finds what the go command says is to be run.
var command = regexp.MustCompile(`(?m)^\tgo (get|mod \w+)(.*)$`)

// notProvided are the messages of a package that no module gives.
var notProvided = regexp.MustCompile(`no required module provides|cannot find module providing|missing go\.sum entry`)

// ofImport explains an import that cannot be had.
func (c *compilation) ofImport(f *typecheck.Failure) bool {
	if f.Import == "" {
		return false
	}
	override, named := c.override(f.Import)
	own := f.Import == c.module.Path || strings.HasPrefix(f.Import, c.module.Path+"/")
	lacking := notProvided.MatchString(f.Msg) && !own
	if lacking {
		name, get := provider(f.Import)
		c.lacks = append(c.lacks, name)
		vendored := strings.Contains(f.Msg, "-mod=vendor")
		m := command.FindStringSubmatch(f.Msg)
		switch {
		case vendored && c.required(f.Import, "") != "":
		case m != nil && m[1] != "get":
			c.others = append(c.others, "go "+m[1]+m[2])
		case strings.Contains(f.Msg, "go.sum"): // the version is there, and the go command names the package that imports it
			c.gets = append(c.gets, c.required(f.Import, get))
		default:
			c.gets = append(c.gets, get)
		}
		if vendored {
			c.others = append(c.others, "GOFLAGS=-mod=readonly drey generate", "go mod vendor") // which takes what something imports
		}
		return true
	}
	msg, _, _ := strings.Cut(f.Msg, "; to add it:")
	switch {
	case named && strings.Contains(msg, "import cycle"):
		c.problem(c.cfg.File, override.Line, 0, fmt.Sprintf("go_type: %s imports %s, which this package is: an import cycle", f.Import, c.module.Own),
			"move the type into a package that does not import it")
	case named:
		fix := "correct the import path of the go_type"
		if own {
			fix = "create the package, or correct the import path of the go_type"
		} else if strings.Contains(msg, "is not in std") {
			fix = fmt.Sprintf("write the whole import path, as in %s", path.Join(c.module.Path, f.Import))
		}
		c.problem(c.cfg.File, override.Line, 0, "go_type: "+msg, fix)
	case f.Pos.IsValid() && f.Pos.Filename != "" && !c.isGenerated(f.Pos.Filename):
		c.problem(c.relative(f.Pos.Filename), f.Pos.Line, f.Pos.Column, msg, fmt.Sprintf("package %s imports it, and does not compile without it", c.block.Package))
	default:
		if c.refused == nil {
			c.refused = map[string][]string{}
		}
		c.refused[msg] = append(c.refused[msg], f.Import)
	}
	return true
}

// missing reports everything that go.mod lacks as one problem, and each reason for which
// the go command refuses imports.
func (c *compilation) missing() {
	for _, msg := range sortedKeys(c.refused) {
		list := c.refused[msg]
		slices.Sort(list)
		list = slices.DeleteFunc(slices.Compact(list), func(importPath string) bool { // those are written with the package
			return c.module.Own != "" && strings.HasPrefix(importPath, c.module.Own+"/")
		})
		if len(list) == 0 { // it is about the module
			c.problem(c.goMod(), 0, 0, fmt.Sprintf("package %s cannot be built, because go build refuses the module: %s", c.block.Package, msg),
				"mend that, so that go build ./... succeeds")
			continue
		}
		c.problem(c.goMod(), c.require(list[0]), 0, fmt.Sprintf("package %s needs %s, and go build refuses that: %s", c.block.Package, strings.Join(list, " and "), msg),
			"mend that, so that go build "+list[0]+" succeeds")
	}
	if len(c.lacks) == 0 {
		return
	}
	sorted := func(list []string) []string { slices.Sort(list); return slices.Compact(list) }
	var commands []string
	if len(c.gets) > 0 {
		commands = append(commands, "go get "+strings.Join(sorted(c.gets), " "))
	}
	commands = append(commands, sorted(c.others)...)
	msg := fmt.Sprintf("package %s imports %s, which this module does not have", c.block.Package, strings.Join(sorted(c.lacks), " and "))
	c.problem(c.goMod(), 0, 0, msg, strings.Join(commands, "\n"))
}

// provider is what to give go get for a package, and to call it in a message.
func provider(importPath string) (name, get string) {
	for module, versions := range needed {
		if importPath == module || strings.HasPrefix(importPath, module+"/") {
			return module, module + "@" + versions.Tried
		}
	}
	return importPath, importPath
}

func (c *compilation) goMod() string { return c.relative(filepath.Join(c.module.Dir, "go.mod")) }

// require is the line in go.mod of the module that a package is from.
func (c *compilation) require(importPath string) int {
	if f := c.modFile(); f != nil {
		for _, req := range f.Require {
			if importPath == req.Mod.Path || strings.HasPrefix(importPath, req.Mod.Path+"/") {
				return req.Syntax.Start.Line
			}
		}
	}
	return 0
}

// required is the module of a package in the version of go.mod, or else what it is
// given otherwise.
func (c *compilation) required(importPath, otherwise string) string {
	if f := c.modFile(); f != nil {
		for _, req := range f.Require {
			if importPath == req.Mod.Path || strings.HasPrefix(importPath, req.Mod.Path+"/") {
				return req.Mod.Path + "@" + req.Mod.Version
			}
		}
	}
	return otherwise
}

// modFile is go.mod, nil if it cannot be read.
func (c *compilation) modFile() *modfile.File {
	src, err := os.ReadFile(cmp.Or(c.modfiles[c.module.Dir], filepath.Join(c.module.Dir, "go.mod")))
	if err != nil {
		return nil
	}
	f, err := modfile.ParseLax("go.mod", src, nil)
	if err != nil {
		return nil
	}
	return f
}

// ofType explains the type of an override.
func (c *compilation) ofType(f *typecheck.Failure) bool {
	if f.Type == nil {
		return false
	}
	override, _ := c.override(f.Type.Import)
	for _, t := range slices.Concat(c.block.NamedTypes(), c.block.OwnTypes()) {
		if t.Import == f.Type.Import && t.Name == f.Type.Name {
			override = t
		}
	}
	fix := "correct the go_type"
	if called, ok := strings.CutSuffix(f.Msg, ", not "+f.Type.Called); ok {
		called = called[strings.LastIndexByte(called, ' ')+1:]
		fix = fmt.Sprintf("write go_type: {import: %q, package: %q, type: %q}", f.Type.Import, called, f.Type.Name)
	}
	c.problem(c.cfg.File, override.Line, 0, "go_type: "+f.Msg, fix)
	return true
}

// newerGo is what the compiler says of the generated code where go.mod has an old
// version of Go.
var newerGo = regexp.MustCompile(`requires (?:go1|at least go1|type parameters)|requires go1\.\d+ or later`)

// ofVersion explains what the versions in go.mod are too old for.
func (c *compilation) ofVersion(f *typecheck.Failure) bool {
	if !c.isGenerated(f.Pos.Filename) || f.Other.IsValid() {
		return false
	}
	if newerGo.MatchString(f.Msg) {
		line, version := 0, "older"
		if m := c.modFile(); m != nil && m.Go != nil {
			line, version = m.Go.Syntax.Start.Line, "go "+m.Go.Version
		}
		c.problem(c.goMod(), line, 0, fmt.Sprintf("package %s needs Go %s or later, and this module is for %s: %s",
			c.block.Package, strings.TrimSuffix(MinGo, ".0"), version, f.Msg), "go get go@"+MinGo)
		return true
	}
	for _, module := range sortedKeys(needed) {
		version, replaced := c.modules[c.module.Dir].Version(module)
		if version == "" && !replaced || semver.Compare(version, needed[module].Oldest) >= 0 {
			continue
		}
		if replaced {
			c.problem(c.goMod(), 0, 0, fmt.Sprintf("package %s does not compile with the replacement of %s: %s", c.block.Package, module, f.Msg),
				fmt.Sprintf("replace it with %s %s or later", module, needed[module].Oldest))
			return true
		}
		c.problem(c.goMod(), c.require(module), 0, fmt.Sprintf("package %s needs %s %s or later, and this module has %s",
			c.block.Package, module, needed[module].Oldest, version), "go get "+module+"@"+needed[module].Oldest)
		return true
	}
	return false
}

// clash explains two declarations of one name, one of which people have written.
func (c *compilation) clash(f *typecheck.Failure) bool {
	if !f.Other.IsValid() {
		return false
	}
	hand, generated := f.Pos, f.Other
	if c.isGenerated(hand.Filename) {
		hand, generated = generated, hand
	}
	if c.isGenerated(hand.Filename) || !c.isGenerated(generated.Filename) {
		return false
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(f.Msg, "method "), " ")
	c.problem(c.relative(hand.Filename), hand.Line, hand.Column,
		fmt.Sprintf("%s is declared here, and generated at %s:%d: %s", name, c.relative(generated.Filename), generated.Line, c.origin(generated)),
		fmt.Sprintf("rename this %s", cmp.Or(c.remedy(generated), name)))
	return true
}

// origin says what a generated declaration comes from.
func (c *compilation) origin(at token.Position) string {
	switch base := path.Base(filepath.ToSlash(at.Filename)); {
	case base == output.SourcesFile:
		return "a source of drey's"
	case strings.HasPrefix(base, "drey"):
		return "drey's own"
	case strings.HasSuffix(base, ".sql.go"):
		return "sqlc's, for a query in " + strings.TrimSuffix(base, ".go")
	default:
		return "sqlc's"
	}
}

// remedy is what else can be done than to rename what was written by hand.
func (c *compilation) remedy(at token.Position) string {
	base := path.Base(filepath.ToSlash(at.Filename))
	switch {
	case strings.HasSuffix(base, ".sql.go"):
		return "one, or the query"
	case base == "models.go":
		return "one, or give the table's row type another name under gen.go.rename"
	}
	return "one"
}

// ofHand passes on what is wrong with a file that people have written.
func (c *compilation) ofHand(f *typecheck.Failure) bool {
	if !f.Pos.IsValid() || f.Pos.Filename == "" || c.isGenerated(f.Pos.Filename) {
		return false
	}
	fix := fmt.Sprintf("this file is in package %s, which does not compile with it; nothing has been written", c.block.Package)
	if name, undefined := strings.CutPrefix(f.Msg, "undefined: "); undefined {
		if name = name[strings.LastIndexByte(name, '.')+1:]; c.moved(name) {
			fix = "if drey." + name + " is meant: drey lint --fix ./... renames it"
		}
	}
	c.problem(c.relative(f.Pos.Filename), f.Pos.Line, f.Pos.Column, f.Msg, fix)
	return true
}

// moved reports whether a name is one of the runtime's, which packages had themselves
// while the runtime was a part of them.
func (c *compilation) moved(name string) bool {
	moved, err := emit.Moved()
	return err == nil && moved(name)
}

// generated tells of what is wrong with the generated code itself.
func (c *compilation) generated(failures []typecheck.Failure) {
	var said []string
	for i := range failures {
		f := &failures[i]
		text := f.Msg
		if f.Pos.IsValid() {
			text = fmt.Sprintf("%s:%d:%d: %s", c.relative(f.Pos.Filename), f.Pos.Line, f.Pos.Column, f.Msg)
		}
		if f.Other.IsValid() {
			text += fmt.Sprintf(" (also at %s:%d)", c.relative(f.Other.Filename), f.Other.Line)
		}
		if i == maxFailures {
			said = append(said, fmt.Sprintf("and %d more like these", len(failures)-i))
			break
		}
		said = append(said, text)
	}
	c.problem(c.cfg.File, c.block.Line, 0, fmt.Sprintf("package %s does not compile: %s", c.block.Package, strings.Join(said, "\n")),
		"if two names collide, give one of them another under gen.go.rename, or rename the query")
}
