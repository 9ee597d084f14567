package generate

import (
	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project"
)

// d1 is the import path of the block's package, which imports its driver for D1
// by it. It is "" where no D1 is asked for.
func (r *run) d1(b *block, m *project.Module) (string, error) {
	switch {
	case !r.cfg.D1:
		return "", nil
	case m.Dir == "":
		return "", &diag.Problem{File: r.cfg.File, Line: b.Line,
			Msg: "options.drey.d1: there is no go.mod above " + b.Out + ", so its package cannot import the driver beside it",
			Fix: "run go mod init with the module's path"}
	}
	return m.Own, nil
}
