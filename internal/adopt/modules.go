package adopt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/generate"
	"github.com/dreysql/drey/internal/output"
)

// requireModules plans that a module has what generated packages need: squirrel and the
// driver, each as new as it has to be, and the version of Go that is written with them. The
// go command says what else that changes. Where it cannot, as without a network, a go.mod that
// is there already stays as it is, so that what built still builds, and the command that changes
// it is the next one to run.
func (p *Plan) requireModules(ctx context.Context, m goModule) error {
	old, sum, err := m.read()
	if err != nil {
		return err
	}
	text := old
	if m.isNew {
		text = []byte("module " + m.path + "\n\ngo " + generate.MinGo + "\n")
	}
	f, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		return &diag.Problem{File: p.nameOf(m, "go.mod"), Msg: err.Error(), Err: err, Fix: "mend it first: go mod tidy"}
	}
	var gets []string
	oldGo := f.Go == nil || semver.Compare("v"+f.Go.Version, "v"+generate.MinGo) < 0
	if oldGo {
		if err := f.AddGoStmt(generate.MinGo); err != nil {
			return err
		}
	}
	needed := generate.Needed()
	list := f.Require
	for _, name := range slices.Sorted(maps.Keys(needed)) {
		if slices.ContainsFunc(f.Replace, func(r *modfile.Replace) bool { return r.Old.Path == name }) {
			continue // whose version is the project's own affair; generation judges it
		}
		at := slices.IndexFunc(list, func(r *modfile.Require) bool { return r.Mod.Path == name })
		switch {
		case at < 0:
			r := &modfile.Require{}
			r.Mod.Path, r.Mod.Version = name, needed[name].Tried
			list = append(slices.Clone(list), r)
			gets = append(gets, name+"@"+needed[name].Tried)
		case semver.Compare(list[at].Mod.Version, needed[name].Oldest) < 0:
			list[at].Mod.Version, list[at].Indirect = needed[name].Oldest, false
			gets = append(gets, name+"@"+needed[name].Oldest)
		case list[at].Indirect: // generated code imports it
			list[at].Indirect = false
			gets = append(gets, name+"@"+list[at].Mod.Version)
		}
	}
	if oldGo && len(gets) == 0 { // otherwise the modules say how new it has to be
		gets = []string{"go@" + generate.MinGo}
	}
	if len(gets) == 0 {
		p.Kept = append(p.Kept, p.nameOf(m, "go.mod"))
		return nil
	}
	f.SetRequireSeparateIndirect(list)
	if text, err = f.Format(); err != nil {
		return err
	}
	file, err := p.get(ctx, m, text, sum, gets)
	if err != nil {
		if oldGo && !strings.HasPrefix(gets[0], "go@") {
			gets = append(gets, "go@"+generate.MinGo)
		}
		p.Next = append(p.Next, "go get "+strings.Join(gets, " "))
		if old == nil {
			p.Notes = append(p.Notes, "the go command could not complete go.mod: "+err.Error())
			return p.change(m, "go.mod", old, text)
		}
		p.vendored(m.dir, "go mod vendor")
		p.Notes = append(p.Notes, p.nameOf(m, "go.mod")+" stays as it is, for the go command could not complete it: "+err.Error())
		return nil
	}
	if old != nil {
		p.modfiles[m.dir] = file
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(file), name))
		if err != nil {
			return fmt.Errorf("read what go get has written: %w", err)
		}
		was := old
		if name == "go.sum" {
			was = sum
		}
		if err := p.change(m, name, was, content); err != nil {
			return err
		}
		if name == "go.mod" {
			if err := p.workspace(ctx, m, content); err != nil {
				return err
			}
		}
	}
	p.vendored(m.dir, "go mod vendor")
	return nil
}

// vendored notes the command that fills a vendor folder, if there is one.
func (p *Plan) vendored(dir, command string) {
	if _, err := os.Stat(filepath.Join(dir, "vendor")); err == nil && !slices.Contains(p.vendor, command) {
		p.vendor = append(p.vendor, command)
	}
}

// generateNext has drey generate run next. A vendor folder gets only what something
// imports: what generated code needs is taken from the module cache first.
func (p *Plan) generateNext() {
	if len(p.vendor) == 0 {
		p.Next = append(p.Next, "drey generate")
		return
	}
	p.Next = append(append(p.Next, "GOFLAGS=-mod=readonly drey generate"), p.vendor...)
}

// change plans a file of a module, which may be above the project's folder.
func (p *Plan) change(m goModule, name string, old, content []byte) error {
	p.Changes = append(p.Changes, output.Change{Path: p.nameOf(m, name), Old: old, New: content})
	return nil
}

// nameOf is a file of a module, relative to the project's folder.
func (p *Plan) nameOf(m goModule, name string) string {
	return path.Join(relative(absolute(p.root), m.dir), name)
}

// read reads a module's go.mod and go.sum, each nil where it is not there.
func (m goModule) read() (mod, sum []byte, err error) {
	if mod, err = os.ReadFile(filepath.Join(m.dir, "go.mod")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("read go.mod: %w", err)
	}
	if sum, err = os.ReadFile(filepath.Join(m.dir, "go.sum")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("read go.sum: %w", err)
	}
	return mod, sum, nil
}

// get has the go command complete a go.mod in a temporary folder, and returns the file.
func (p *Plan) get(ctx context.Context, m goModule, mod, sum []byte, gets []string) (string, error) {
	dir, err := os.MkdirTemp(p.temp, "module-*")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "go.mod")
	if err := errors.Join(os.WriteFile(file, mod, 0o644), os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644)); err != nil {
		return "", err
	}
	work := m.dir
	if m.isNew {
		work = dir
	}
	p.progress("completing go.mod")
	if err := p.goCommand(ctx, work, file, append([]string{"get"}, gets...)...); err != nil {
		return "", err
	}
	// go get adds the sums of what it is given. What others of the module's dependencies
	// were raised to needs its own.
	if raised := raised(mod, file, sum); len(raised) > 0 {
		if err := p.goCommand(ctx, work, file, append([]string{"mod", "download"}, raised...)...); err != nil {
			return "", err
		}
	}
	if !m.isNew {
		if mod, err = os.ReadFile(file); err != nil {
			return "", err
		}
		p.progress("completing go.sum")
		listed := p.goCommand(ctx, work, file, "list", "-e", "-mod=mod", "-deps", "./...")
		if err := os.WriteFile(file, mod, 0o644); err != nil { // what it may have added is not ours
			return "", err
		}
		if listed != nil && ctx.Err() != nil {
			return "", ctx.Err()
		}
	}
	return file, nil
}

// goCommand runs the go command in a folder, with a file that stands in for its go.mod. What
// it downloads is a step of the progress. Its error is what else the command says.
func (p *Plan) goCommand(ctx context.Context, dir, modfile string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	if filepath.Dir(modfile) != dir {
		at := 1
		if args[0] == "mod" {
			at = 2
		}
		cmd.Args = slices.Insert(cmd.Args, at+1, "-modfile="+modfile)
	}
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off")
	said := &goOutput{progress: p.progress}
	cmd.Stdout, cmd.Stderr = said, said
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("there is no go command")
	case err != nil:
		return errors.New(strings.TrimSpace(strings.ReplaceAll(said.rest(), filepath.Dir(modfile)+string(filepath.Separator), "")))
	}
	return nil
}

// raised are the modules of which another version than before is required, as path@version,
// if the sum of their content was known before: something is built with them.
func raised(old []byte, file string, sum []byte) (list []string) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	before, err := modfile.ParseLax("go.mod", old, nil)
	if err != nil {
		return nil
	}
	after, err := modfile.ParseLax("go.mod", content, nil)
	if err != nil {
		return nil
	}
	was := map[string]string{}
	for _, r := range before.Require {
		was[r.Mod.Path] = r.Mod.Version
	}
	for _, r := range after.Require {
		if v := was[r.Mod.Path]; v != "" && v != r.Mod.Version && strings.Contains(string(sum), r.Mod.Path+" "+v+" h1:") {
			list = append(list, r.Mod.Path+"@"+r.Mod.Version)
		}
	}
	return list
}

// requires reports whether a go.mod requires a module.
func requires(mod []byte, name string) bool {
	f, err := modfile.ParseLax("go.mod", mod, nil)
	return err == nil && slices.ContainsFunc(f.Require, func(r *modfile.Require) bool { return r.Mod.Path == name })
}
