package project

import (
	"bytes"
	"errors"
	"go/ast"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"

	"golang.org/x/mod/modfile"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/project/config"
)

// Module is the Go module that a block's package is in.
type Module struct {
	Path, Dir string // "" without a module
	Own       string // the import path of the block's package
	Out       string // its folder, absolute

	parsed map[string][]*ast.File // by folder
}

// findModule finds the module of a block. Without one only Out is set.
func findModule(dir string, b *config.Block) (*Module, error) {
	out, err := filepath.Abs(filepath.Join(dir, filepath.FromSlash(b.Out)))
	if err != nil {
		return nil, err
	}
	for above := out; ; above = filepath.Dir(above) {
		file := filepath.Join(above, "go.mod")
		src, err := os.ReadFile(file)
		switch {
		case err == nil && modfile.ModulePath(src) != "":
			m := &Module{Path: modfile.ModulePath(src), Dir: above, Out: out}
			rel, err := filepath.Rel(above, out)
			m.Own = path.Join(m.Path, filepath.ToSlash(rel))
			return m, err
		case err == nil:
			return nil, NoModule(file, src)
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR): // a file in the folder's place is told later
			return nil, err
		case above == filepath.Dir(above):
			return &Module{Out: out}, nil
		}
	}
}

// NoModule says why a go.mod, whose text is src, does not name a module.
func NoModule(file string, src []byte) *diag.Problem {
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		return &diag.Problem{File: file, Line: 1, Msg: "it begins with a byte order mark, which the go command does not take", Fix: "save the file as UTF-8 without a byte order mark"}
	}
	return &diag.Problem{File: file, Msg: "it names no module", Fix: "add module and the module's path"}
}

// GoTypes are the Go types that a block's configuration gives columns, with what
// types of its module are made of. ok is false for a column that it gives none.
func (m *Module) GoTypes(b *config.Block) func(table, column, declared string, notNull bool) (t gotype.Type, ok bool) {
	return func(table, column, declared string, notNull bool) (gotype.Type, bool) {
		text, ok := b.GoType(table, column, declared, notNull)
		return m.Underlying(b, gotype.Parse(text)), ok
	}
}
