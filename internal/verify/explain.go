package verify

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Explain looks at the queries that sqlc has refused. If SQLite also refuses a
// query, SQLite's reason replaces sqlc's. If SQLite accepts it, the problem says
// that this is a limit of sqlc's, and the way round it if one is known. Problems
// that do not belong to a query stay as they are. The input does not need a
// Package.
func Explain(refused diag.Problems, in Input) diag.Problems {
	c := &checker{Input: in, infer: infer.New(in.Schema)}
	var list diag.Problems
	for _, p := range refused {
		q := find(in.Queries, p)
		if q != nil {
			s := newSubject(c, q)
			if _, err := c.Conn.Describe(s.rendered.SQL); err != nil {
				list = append(list, s.refusals(err)...)
				continue
			}
			p = s.explain(p)
		} else if words, param := sqlc.TwoTypes(p.Msg); param != "" {
			p = c.twoTypes(p, words, param)
		}
		list = append(list, p)
	}
	list.Sort()
	return list
}

// find returns the query that a problem belongs to, or nil if the problem has been
// explained already.
func find(queries []*query.Query, p *diag.Problem) *query.Query {
	if strings.HasPrefix(p.Msg, "SQLite ") {
		return nil
	}
	for _, q := range queries {
		if q.File == p.File && q.Name == p.Query {
			return q
		}
	}
	return nil
}

// twoTypes looks for the queries with a parameter for which sqlc has found two
// types. sqlc does not name the query.
func (c *checker) twoTypes(p *diag.Problem, msg, field string) *diag.Problem {
	explained := *p
	explained.Msg = "sqlc: " + msg
	var names []string
	for _, q := range c.Queries {
		n := 0
		for _, param := range query.Read(q.Text).Params {
			if plain(param.Name) != plain(field) {
				continue
			}
			if n++; n == 2 {
				at := q.At(param.Start)
				explained.File, explained.Line, explained.Col, explained.Query = at.File, at.Line, at.Col, q.Name
				names = append(names, q.Name)
			}
		}
	}
	if len(names) > 1 { // it could be any of them
		explained = *p
		explained.Msg = "sqlc: " + msg + "; the queries with such a parameter are " + strings.Join(names, ", ")
	}
	explained.Fix = "use two parameters, of two names that differ in more than case; or write CAST(@x AS …) in each place"
	return &explained
}

func (s *subject) explain(p *diag.Problem) *diag.Problem {
	q := s.toSQLC()
	explained := *p
	if e, ok := sqlc.Explain(q, strings.TrimPrefix(p.Msg, "sqlc: ")); ok {
		explained.Msg, explained.Fix = "SQLite accepts it, but sqlc does not know "+e.What+" ("+head(p.Msg)+")", e.Fix
		if e.At > 0 {
			at := s.at(e.At)
			explained.Line, explained.Col = at.Line, at.Col
		}
		return &explained
	}
	if p.Fix != "" {
		return p // it says more than could be said here
	}
	explained.Msg = "SQLite accepts it, but sqlc does not (" + head(p.Msg) + ")"
	explained.Fix = otherWay(q.Tree, len(q.Params) > 0)
	return &explained
}

// otherWay returns the way round if no other is known: a view, as far as the
// statement can be one, because sqlc gets a view as SQLite describes it.
func otherWay(tree ast.Stmt, params bool) string {
	const view = "with CREATE VIEW in a migration"
	switch stmt := tree.(type) {
	case *ast.SelectStmt:
		if !params {
			return "put it into a view, " + view + ", and select from that"
		}
		return "put what needs no parameter into a view, " + view + ", and compare its columns with the parameters in the query"
	case *ast.InsertStmt:
		if stmt.Select != nil && !syntax.IsValues(stmt.Select) && !params {
			return "put what it selects into a view, " + view + ", and insert from that"
		}
	}
	return "write it in another way, or run it in Go, with // @native-sql and the reason above it"
}

// head returns the first paragraph of a message, on one line: after a crash of sqlc
// a stack trace follows.
func head(msg string) string {
	msg, _, _ = strings.Cut(msg, "\n\n")
	return strings.Join(strings.Fields(msg), " ")
}
