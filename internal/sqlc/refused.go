package sqlc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	v131 "github.com/dreysql/drey/internal/sqlc/v131"
)

// ErrRefused is wrapped by every problem that sqlc has with a project.
var ErrRefused = errors.New("sqlc refuses it")

// ErrNotGo is also wrapped by the problems that are about what sqlc has written,
// and not about what it has read.
var ErrNotGo = fmt.Errorf("%w: what it generates cannot be used", ErrRefused)

// refused turns what sqlc says into problems of the project's files.
func (s *staging) refused(said string) error {
	problems, said := s.badSource(said)
	for _, m := range v131.Messages(said) {
		o := s.origins[m.File]
		switch {
		case o != nil:
			p := &diag.Problem{File: o.file.Path, Query: o.query, Msg: "sqlc: " + v131.Brief(m.Text), Err: ErrRefused}
			if m.Line == 1 && m.Col == 1 {
				m.Line, m.Col = o.syntaxError(said, m.Text)
			}
			p.Line, p.Col = o.position(m.Line, m.Col)
			problems = append(problems, p)
		case m.File != "":
			problems = append(problems, s.schemaProblem(m))
		default:
			problems = append(problems, &diag.Problem{Msg: "sqlc: " + strings.ReplaceAll(m.Text, s.dir, "…"), Err: ErrRefused})
		}
	}
	if len(problems) == 0 {
		return fmt.Errorf("%w, without a word", ErrRefused)
	}
	problems.Sort()
	return slices.CompactFunc(problems, func(a, b *diag.Problem) bool { return *a == *b }) // blocks may share files
}

// schemaProblem shows what sqlc was given, because no file contains it.
func (s *staging) schemaProblem(m v131.Message) *diag.Problem {
	given, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(m.File)))
	if err != nil {
		given = []byte(err.Error())
	}
	return &diag.Problem{
		Msg: "sqlc cannot read the migrated schema: " + m.Text + "\n" + v131.Decode(string(given)),
		Fix: "have a migration change this table or view so that sqlc can read it",
		Err: ErrRefused,
	}
}

// syntaxError finds the place of a syntax error. sqlc does not know the place, but
// its parser has printed it with the same words, without naming the file. The
// result is 1:1 if the text has something else at that place.
func (o *origin) syntaxError(said, text string) (line, col int) {
	for _, at := range v131.SyntaxErrors(said, text) {
		if offset, ok := o.offset(at[0], at[1]); ok && v131.Names(text, string(o.file.Content[offset:])) {
			return at[0], at[1]
		}
	}
	return 1, 1
}
