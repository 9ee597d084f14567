package crud

import (
	"fmt"
	"go/build"
	"io"
	"strings"
	"unicode"
)

// fileNames assigns file names. It remembers the assigned ones in lower case,
// because some file systems ignore case.
type fileNames map[string]bool

// of returns the file name of a table: letters, digits and underscores of its name.
func (f fileNames) of(table string) string {
	base := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' {
			return r
		}
		return '_'
	}, table)
	base = strings.TrimLeft(base, "_-") // Go ignores files that begin with _, and refuses those with -
	switch {
	case base == "":
		base = "table"
	case constrained(base):
		base += "_table"
	}
	name := base
	for i := 2; f[strings.ToLower(name)]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	f[strings.ToLower(name)] = true
	return name + ".sql"
}

// constrained reports whether Go would only build the file that sqlc makes of
// base.sql on some platforms, as with stats_windows.sql.go.
func constrained(base string) bool {
	context := build.Context{
		GOOS: "none", GOARCH: "none", Compiler: "gc",
		OpenFile: func(string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("package p\n")), nil
		},
	}
	match, err := context.MatchFile("", base+".sql.go")
	return err != nil || !match
}
