package verify

import (
	"fmt"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// subject is a query that goes through the checks; they fill in its fields.
type subject struct {
	*checker
	q *query.Query

	written  *query.Written // as its author wrote it
	rendered *query.Plain   // the same in plain SQL
	plain    *sqlite.Stmt   // what SQLite says about that

	m       *sqlc.Method
	unbound bool         // some parameter does not get its argument
	emitted *emitted     // what sqlc made of it
	stmt    *sqlite.Stmt // what SQLite says about that
	tree    ast.Stmt     // of the emitted SQL; nil if it cannot be parsed
	info    *infer.Result
}

func newSubject(c *checker, q *query.Query) *subject {
	s := &subject{checker: c, q: q, written: query.Read(q.Text)}
	s.written.NameNumbers()
	s.rendered = s.written.Plain()
	return s
}

// problem reports what is wrong at a byte offset of the author's text.
func (s *subject) problem(offset int, fix, format string, args ...any) *diag.Problem {
	p := s.at(offset)
	p.Msg, p.Fix = fmt.Sprintf(format, args...), fix
	s.problems = append(s.problems, p)
	return p
}

// warn is like problem, for what may be intended.
func (s *subject) warn(offset int, fix, format string, args ...any) {
	p := s.at(offset)
	p.Msg, p.Fix = fmt.Sprintf(format, args...), fix
	s.warnings = append(s.warnings, p)
}

// at returns a problem at a byte offset of the author's text.
func (s *subject) at(offset int) *diag.Problem { return s.q.At(offset) }

// origin maps an offset in the emitted SQL to one in the author's text.
func (s *subject) origin(offset int) int { return s.emitted.origin(offset) }

// accepted: SQLite prepares the query.
func (s *subject) accepted() bool {
	var err error
	if s.plain, err = s.Conn.Describe(s.rendered.SQL); err != nil {
		s.problems = append(s.problems, s.refusals(err)...)
		return false
	}
	switch {
	case s.plain.Empty:
		s.problem(0, "write the statement below the name line", "there is no statement")
		return false
	case s.plain.Tail != "":
		s.problem(s.rendered.Origin(len(s.rendered.SQL)-len(s.plain.Tail)), "give each statement a name line of its own",
			"there is a second statement, which never runs")
		return false
	}
	return true
}

// generated: sqlc made a method of the query.
func (s *subject) generated() bool {
	s.m = s.methods[s.q.Name]
	if s.m == nil {
		s.problem(0, "", "sqlc generated nothing for it")
		return false
	}
	return true
}

// prepared: SQLite also prepares what sqlc made of the query.
func (s *subject) prepared() bool {
	var err error
	if s.stmt, err = s.Conn.Describe(s.emitted.sql); err != nil {
		if s.unbound {
			return false // reported already
		}
		offset := 0
		if e, ok := err.(*sqlite.Error); ok && e.Offset >= 0 {
			offset = s.origin(e.Offset)
		}
		p := s.problem(offset, starFix, "sqlc turned it into SQL that SQLite refuses: %v", err)
		p.Err = err
		return false
	}
	if tree, err := syntax.Parse(s.emitted.sql); err == nil {
		s.tree = tree
		s.info = s.infer.Analyze(tree)
	}
	return true
}
