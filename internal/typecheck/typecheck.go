// Package typecheck checks generated Go before it is written, so that a
// package that does not compile never reaches the project.
//
// The standard library is known to it, through the export data that the go
// command has. Other imports are not loaded: a fresh project does not have
// squirrel or the driver yet, and building them would take longer than
// everything else. What is selected from such a package is taken on trust, as
// is the standard library where there is no go command.
package typecheck

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// Check type-checks one package, given in layers of files by name, the lowest
// first. A layer uses what it declares itself and what those below it do, never
// one above. So each is checked with the declarations alone of those below,
// whose function bodies are gone by then: all at once, the syntax trees and the
// types of a large package are most of the memory that its generation takes.
func Check(ctx context.Context, layers ...map[string][]byte) error {
	fset := token.NewFileSet()
	std, err := newStandard(ctx, fset, layers)
	if err != nil {
		return err
	}
	var below []*ast.File
	checked := map[string]bool{} // the files below
	for _, files := range layers {
		layer, err := parse(fset, files, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all := slices.Concat(below, layer)
		var failures []error
		conf := types.Config{
			Importer: std,
			Error: func(err error) {
				var e types.Error
				errors.As(err, &e)
				// an import is unused where the bodies are gone
				unused := e.Soft && checked[fset.Position(e.Pos).Filename]
				if !unused && !strings.Contains(e.Msg, notLoaded) {
					failures = append(failures, err)
				}
			},
		}
		_, _ = conf.Check("generated", fset, all, nil) // Error has it all
		if more := len(failures) - maxFailures; more > 0 {
			failures = append(failures[:maxFailures], fmt.Errorf("and %d more like these", more))
		}
		if len(failures) > 0 {
			return errors.Join(failures...)
		}
		for _, f := range layer {
			checked[fset.Position(f.Pos()).Filename] = true
			dropBodies(f)
		}
		below = all
	}
	return nil
}

func parse(fset *token.FileSet, files map[string][]byte, mode parser.Mode) ([]*ast.File, error) {
	var parsed []*ast.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := parser.ParseFile(fset, name, files[name], mode)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, file)
	}
	return parsed, nil
}

func dropBodies(f *ast.File) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			fn.Body = nil
		}
	}
}

// maxFailures is how many errors are told: the others follow from them.
const maxFailures = 5

const notLoaded = "drey loads no package"

// standard imports packages of the standard library from export data.
type standard struct {
	types.Importer
	exports map[string]string // import path -> file
}

func newStandard(ctx context.Context, fset *token.FileSet, layers []map[string][]byte) (*standard, error) {
	paths := map[string]bool{}
	for _, files := range layers {
		imports, err := parse(token.NewFileSet(), files, parser.ImportsOnly)
		if err != nil {
			return nil, err
		}
		for _, f := range imports {
			for _, spec := range f.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err == nil && !strings.Contains(strings.SplitN(path, "/", 2)[0], ".") {
					paths[path] = true
				}
			}
		}
	}
	s := &standard{exports: exportData(ctx, slices.Sorted(maps.Keys(paths)))}
	s.Importer = importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(s.exports[path])
	})
	return s, nil
}

func (s *standard) Import(path string) (*types.Package, error) {
	if s.exports[path] == "" {
		return nil, errors.New(notLoaded + " " + path)
	}
	return s.Importer.Import(path)
}

// exportData asks the go command where the export data of the packages and of
// what they import is.
func exportData(ctx context.Context, paths []string) map[string]string {
	exports := map[string]string{}
	args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}, paths...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = os.TempDir() // outside of any module
	cmd.Env = append(os.Environ(), "GO111MODULE=off", "GOFLAGS=", "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		return exports // no go command: see the package comment
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		if path, file, ok := strings.Cut(lines.Text(), "\t"); ok && file != "" {
			exports[path] = file
		}
	}
	return exports
}
