package sqlcgen

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// ErrRefused is wrapped by all problems that sqlc has with a project.
var ErrRefused = errors.New("sqlc refuses it")

// ErrNotGo is wrapped by those of them that are about what sqlc has written, and
// not about what it has read.
var ErrNotGo = fmt.Errorf("%w: what it generates cannot be used", ErrRefused)

// message is one complaint of sqlc's. line and col are from 1; 1:1 stands for
// an unknown place, too.
type message struct {
	file      string // in the staging folder, slash-separated; "" for other output
	line, col int
	text      string
}

var (
	located = regexp.MustCompile(`^(.+?\.sql):(\d+):(\d+): (.*)$`)
	// syntaxError is what the parser prints by itself; its columns are from 0.
	syntaxError = regexp.MustCompile(`(?m)^line (\d+):(\d+) (.*)$`)
)

// messages cuts what sqlc says. Lines that are no complaint about a file are
// kept together, each behind the "# package" that it belongs to.
func messages(said string) []message {
	var list []message
	var other []string
	pkg := ""
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\r\n")
		if m := located.FindStringSubmatch(line); m != nil {
			row, _ := strconv.Atoi(m[2]) // digits, by the pattern
			col, _ := strconv.Atoi(m[3])
			list = append(list, message{filepath.ToSlash(m[1]), row, col, decode(m[4])})
			continue
		}
		if name, ok := strings.CutPrefix(line, "# package "); ok {
			pkg = "package " + name + ": "
		} else if line != "" && !syntaxError.MatchString(line) {
			other = append(other, pkg+decode(line))
		}
	}
	if len(other) > 0 {
		list = append(list, message{text: strings.Join(other, "\n")})
	}
	return list
}

// refused turns what sqlc says into problems of the project's files.
func (s *staging) refused(said string) error {
	problems, said := s.badSource(said)
	for _, m := range messages(said) {
		o := s.origins[m.file]
		switch {
		case o != nil:
			p := &diag.Problem{File: o.file.Path, Query: o.query, Msg: "sqlc: " + brief(m.text), Err: ErrRefused}
			if m.line == 1 && m.col == 1 {
				m.line, m.col = o.syntaxError(said, m.text)
			}
			p.Line, p.Col = o.position(m.line, m.col)
			problems = append(problems, p)
		case m.file != "":
			problems = append(problems, s.schemaProblem(m))
		default:
			problems = append(problems, &diag.Problem{Msg: "sqlc: " + strings.ReplaceAll(m.text, s.dir, "…"), Err: ErrRefused})
		}
	}
	if len(problems) == 0 {
		return fmt.Errorf("%w, without a word", ErrRefused)
	}
	problems.Sort()
	return slices.CompactFunc(problems, func(a, b *diag.Problem) bool { return *a == *b }) // blocks may share files
}

// schemaProblem shows what sqlc was given, because it stands in no file.
func (s *staging) schemaProblem(m message) *diag.Problem {
	given, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(m.file)))
	if err != nil {
		given = []byte(err.Error())
	}
	return &diag.Problem{
		Msg: "sqlc cannot read the migrated schema: " + m.text + "\n" + decode(string(given)),
		Fix: "have a migration change this table or view so that sqlc can read it",
		Err: ErrRefused,
	}
}

// syntaxError finds the place of a syntax error, which sqlc does not know but
// its parser has printed, with the same words, a file among many not named. It
// is 1:1 where the text has something else at that place.
func (o *origin) syntaxError(said, text string) (line, col int) {
	for _, m := range syntaxError.FindAllStringSubmatch(said, -1) {
		if decode(m[3]) != text {
			continue
		}
		line, _ := strconv.Atoi(m[1]) // digits, by the pattern
		col, _ := strconv.Atoi(m[2])
		if at, ok := o.offset(line, col+1); ok && names(text, string(o.file.Content[at:])) {
			return line, col + 1
		}
	}
	return 1, 1
}

// names reports whether a message names the first token of what is left, or
// says that nothing is.
func names(text, rest string) bool {
	for t := range sqltext.All(rest) {
		return strings.Contains(text, t.Text+"'") || t.Is(";") && strings.Contains(text, "<EOF>")
	}
	return strings.Contains(text, "<EOF>")
}

// brief leaves out the list of everything that the parser would have taken.
func brief(text string) string {
	before, _, _ := strings.Cut(text, " expecting {")
	return before
}
