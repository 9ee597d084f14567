package generate

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"github.com/dreysql/drey/internal/diag"
)

// d1 is the import path of the block's package, which imports its driver for D1
// by it. It is "" where no D1 is asked for.
func (r *run) d1(b *block) (string, error) {
	if !r.cfg.D1 {
		return "", nil
	}
	dir, err := filepath.Abs(filepath.Join(r.opts.Dir, filepath.FromSlash(b.Out)))
	if err != nil {
		return "", err
	}
	for above := dir; ; above = filepath.Dir(above) {
		file := filepath.Join(above, "go.mod")
		src, err := os.ReadFile(file)
		switch {
		case err == nil && modfile.ModulePath(src) != "":
			rel, err := filepath.Rel(above, dir)
			return path.Join(modfile.ModulePath(src), filepath.ToSlash(rel)), err
		case err == nil:
			return "", &diag.Problem{File: file, Msg: "it names no module", Fix: "add module and the module's path"}
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		case above == filepath.Dir(above):
			return "", &diag.Problem{File: r.cfg.File, Line: b.Line,
				Msg: "options.drey.d1: there is no go.mod above " + b.Out + ", so its package cannot import the driver beside it",
				Fix: "run go mod init with the module's path"}
		}
	}
}
