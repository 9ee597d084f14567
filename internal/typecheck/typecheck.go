// Package typecheck checks generated Go before it is written, so that a
// package that does not compile never reaches the project.
//
// The standard library is known to it, through the export data that the go
// command has. Other imports are not loaded: a fresh project does not have
// squirrel or the driver yet, and building them would take longer than
// everything else. What is selected from such a package is taken on trust. Where
// there is no go command so is the standard library, and only names are checked.
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
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Check type-checks one package, given in layers of files by name, the lowest
// first. A layer uses what it and those below it declare; what one above
// declares it uses within functions alone, where it is taken on trust. So each
// layer is checked with no more than the declarations of those below, whose
// function bodies are gone by then: all at once, the syntax trees and the types
// of a large package are most of the memory that its generation takes.
//
// elsewhere are names that other files of the package declare, those that people
// have written. They are taken on trust.
func Check(ctx context.Context, elsewhere []string, layers ...map[string][]byte) error {
	fset := token.NewFileSet()
	parsed := make([][]*ast.File, len(layers))
	above := map[string]bool{} // names
	for i, files := range layers {
		var err error
		if parsed[i], err = parse(fset, files); err != nil {
			return err
		}
		declared(parsed[i], above, true)
	}
	std := newStandard(ctx, fset, slices.Concat(parsed...))
	trusted := map[string]bool{}
	for _, name := range elsewhere {
		trusted[name] = true
	}
	var below []*ast.File
	for i, layer := range parsed {
		declared(layer, above, false)
		lowest := int(layer[0].FileStart) // files are added to the set in their order
		var failures []error
		conf := types.Config{
			Importer: std,
			Error: func(err error) {
				var e types.Error
				errors.As(err, &e)
				name, undefined := strings.CutPrefix(e.Msg, "undefined: ")
				switch {
				case strings.Contains(e.Msg, notLoaded), len(std.exports) == 0 && !ofNames.MatchString(e.Msg):
				case undefined && (above[name] || trusted[name]):
				case e.Soft && int(e.Pos) < lowest: // an import that only bodies used
				default:
					failures = append(failures, err)
				}
			},
		}
		below = append(below, layer...)
		_, _ = conf.Check("generated", fset, below, nil) // Error has it all
		if more := len(failures) - maxFailures; more > 0 {
			failures = append(failures[:maxFailures], fmt.Errorf("and %d more like these", more))
		}
		if len(failures) > 0 {
			return errors.Join(failures...)
		}
		parsed[i] = nil
		for _, f := range layer {
			dropBodies(f)
		}
	}
	return nil
}

// declared notes the functions that files declare, or takes them back.
func declared(files []*ast.File, names map[string]bool, value bool) {
	for _, f := range files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				names[fn.Name.Name] = value
			}
		}
	}
}

func parse(fset *token.FileSet, files map[string][]byte) ([]*ast.File, error) {
	var parsed []*ast.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := parser.ParseFile(fset, name, files[name], parser.SkipObjectResolution)
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

// ofNames are the errors that count without the standard library: what they say
// does not follow from a type that is not known.
var ofNames = regexp.MustCompile(`redeclared|already declared|^undefined: `)

// standard imports packages of the standard library from export data.
type standard struct {
	types.Importer
	exports map[string]string // import path -> file
}

func newStandard(ctx context.Context, fset *token.FileSet, files []*ast.File) *standard {
	paths := map[string]bool{}
	for _, f := range files {
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err == nil && !strings.Contains(strings.SplitN(path, "/", 2)[0], ".") {
				paths[path] = true
			}
		}
	}
	s := &standard{exports: exportData(ctx, slices.Sorted(maps.Keys(paths)))}
	s.Importer = importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(s.exports[path])
	})
	return s
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
