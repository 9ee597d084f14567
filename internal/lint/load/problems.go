package load

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"

	"github.com/dreysql/drey/internal/diag"
)

// problems collects what is wrong, each once: variants of a package repeat it.
type problems struct {
	dir string // that the files are relative to

	sync.Mutex
	list diag.Problems
}

func (ps *problems) add(p *packages.Package, pos, msg string) {
	one := &diag.Problem{Msg: strings.TrimSpace(msg)}
	one.File, one.Line, one.Col = place(pos)
	if rel, err := filepath.Rel(ps.dir, one.File); err == nil && filepath.IsAbs(one.File) {
		one.File = filepath.ToSlash(rel)
	}
	if one.File == "" {
		one.Msg = p.PkgPath + ": " + one.Msg
	}
	ps.Lock()
	defer ps.Unlock()
	if !slices.ContainsFunc(ps.list, func(q *diag.Problem) bool { return *q == *one }) {
		ps.list = append(ps.list, one)
	}
}

func (ps *problems) err() error {
	ps.Lock()
	defer ps.Unlock()
	ps.list.Sort()
	return ps.list.Err()
}

// place splits file:line:column, where the end may be missing. The file of a
// Windows path also has a colon.
func place(pos string) (file string, line, column int) {
	if pos == "-" {
		return "", 0, 0
	}
	rest, last, ok := cutNumber(pos)
	if !ok {
		return pos, 0, 0
	}
	if file, line, ok = cutNumber(rest); ok {
		return file, line, last
	}
	return rest, last, 0
}

func cutNumber(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
}
