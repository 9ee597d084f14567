package query

import (
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// heading is a line that sqlc takes, or a reader might take, for the name of a
// query.
type heading struct {
	offset    int
	misplaced bool // not at the beginning of its line, so that sqlc does not see it
	within    bool // on a later line of a comment, where sqlc sees it nonetheless

	name, cmd string // where they are valid
}

const byteOrderMark = "\ufeff"

// nameLine is what sqlc takes for a name, right or wrong.
var nameLine = regexp.MustCompile(`^(?:--|/\*)\s*name.*:`)

// headings are those in a comment, one at most on each of its lines.
func (p *parser) headings(t sqltext.Token) (list []*heading) {
	if t.Kind != sqltext.Comment {
		return nil
	}
	offset := t.Start
	for line := range strings.Lines(t.Text) {
		if nameLine.MatchString(line) {
			before := strings.TrimPrefix(p.sql[:offset], byteOrderMark)
			list = append(list, &heading{
				offset:    offset,
				misplaced: before != "" && !strings.HasSuffix(before, "\n"),
				within:    offset > t.Start,
			})
		}
		offset += len(line)
	}
	return list
}

// commands are what sqlc can make of a query of SQLite's.
var commands = []string{":one", ":many", ":exec", ":execrows", ":execresult", ":execlastid"}

var (
	exactLine = regexp.MustCompile(`^(?:-- name: (\S+) (\S+)|/\* name: (\S+) (\S+) \*/)\s*$`)
	noCommand = regexp.MustCompile(`^(?:--|/\*) name: ([^\s:]+)\s*(?:\*/)?\s*$`)
)

// read reads the name and the command of a heading. It is false where they are
// wrong.
func (p *parser) read(h *heading) bool {
	line, _, _ := strings.Cut(p.sql[h.offset:], "\n")
	m := exactLine.FindStringSubmatch(line)
	if m == nil {
		if n := noCommand.FindStringSubmatch(line); n != nil {
			p.problem(h.offset, n[1], "add one of "+strings.Join(commands, ", "), "the query has no command")
		} else {
			p.problem(h.offset, "", "write it as in \"-- name: GetLink :one\", with single spaces and nothing else on the line", "sqlc cannot read this name")
		}
		return false
	}
	name, cmd := m[1]+m[3], m[2]+m[4]
	switch {
	case !token.IsIdentifier(name):
		p.problem(h.offset, "", "use letters, digits and underscores, beginning with a capital letter", "%q is no name for a Go method", name)
	case reserved(name) != "":
		p.problem(h.offset, name, "give the query another name", "%s", reserved(name))
	case !slices.Contains(commands, cmd):
		p.problem(h.offset, name, "use one of "+strings.Join(commands, ", "), "%s is no command for SQLite", cmd)
	default:
		h.name, h.cmd = name, cmd
		return true
	}
	return false
}
