package migration

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Explain says where goose failed and why: a [diag.Problem] at the statement,
// where goose's error is of a migration.
func (s *Session) Explain(err error) error {
	rec := s.rec
	var partial *goose.PartialError
	if !errors.As(err, &partial) {
		return unparsed(s.files, err)
	}
	f := s.files[partial.Failed.Source.Version]
	p := &diag.Problem{File: f.Path, Msg: "the migration fails: " + partial.Err.Error(), Err: err}
	switch {
	case rec.commitErr != nil:
		f.uncommitted(p, rec)
		return p
	case rec.err == nil:
		return p
	}
	i := len(rec.sent) - 1
	at := f.passage(i, rec.sent[i])
	failed := failure{sql: rec.sent[i], at: at, format: f.Format, msg: sqlite.Message(rec.err)}
	if at != nil {
		p.File, p.Line = cmp.Or(at.path, f.Path), at.lines[0]
	}
	if e := s.again(); e != nil && e.Msg == failed.msg {
		failed.offset = firstToken(failed.sql, e.Offset)
		if at != nil {
			p.Line, p.Col = at.position(failed.offset)
		}
	}
	p.Msg = "the migration fails: " + failed.msg
	p.Fix = failed.fix()
	return p
}

// uncommitted is for a migration of which every statement ran.
func (f *File) uncommitted(p *diag.Problem, rec *recorder) {
	p.Msg = "the migration cannot be committed: " + sqlite.Message(rec.commitErr)
	for i, sql := range rec.sent {
		for _, s := range sqltext.Split(sql) {
			first := sqltext.Significant(s.Text)[0]
			if at := f.passage(i, sql); at != nil && (first.Is("COMMIT") || first.Is("END") || first.Is("ROLLBACK")) {
				p.File = cmp.Or(at.path, f.Path)
				p.Line, p.Col = at.position(s.Start)
				p.Fix = (&failure{format: f.Format}).ownTransaction()
				return
			}
		}
	}
}

// position is the line and column in the file of an offset in the statement.
func (p *passage) position(offset int) (line, col int) {
	row, col := sqltext.Position(p.text, offset)
	if row == 1 {
		col += p.col - 1
	}
	return p.lines[row-1], col
}

// firstToken takes an offset to where the token begins that it is in or before.
func firstToken(sql string, offset int) int {
	for t := range sqltext.All(sql) {
		if !t.Blank() && t.End() > offset {
			return max(t.Start, offset)
		}
	}
	return offset
}

// again runs the statements of a migration that goose rolled back once more,
// through the C interface, which tells where in the text SQLite stopped. What
// ran without a transaction is there still, so its last statement alone is run
// again. The failure may be another one this time; it is the caller's to
// compare.
func (s *Session) again() *sqlite.Error {
	if s.replay == nil {
		return nil
	}
	rec := s.rec
	c, err := s.replay()
	if err != nil {
		return nil
	}
	defer c.Close()
	last := len(rec.sent) - 1
	again := rec.sent[last:]
	if !rec.noTx {
		again = append([]string{"BEGIN"}, rec.sent...)
	}
	for i, sql := range again {
		var e *sqlite.Error
		if err := c.Exec(sql); errors.As(err, &e) {
			if i == len(again)-1 {
				return e
			}
			return nil
		}
	}
	return nil
}

// unparsed is for a file that goose could not even read. [Load] finds the same
// with more to say; this is what it does not know.
func unparsed(files map[int64]*File, err error) error {
	for version, f := range files {
		if strings.Contains(err.Error(), fmt.Sprintf("version:%d)", version)) {
			return &diag.Problem{File: f.Path, Msg: "goose cannot read this migration: " + root(err), Err: err}
		}
	}
	return fmt.Errorf("goose: %w", err)
}

// root is the innermost error's message, without what goose and the driver put
// around it.
func root(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
