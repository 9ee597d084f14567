package verify

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/query"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Explain looks at the queries that sqlc has refused. Where SQLite refuses one
// too, SQLite's reason takes the place of sqlc's; where SQLite accepts it, the
// problem says that this is a limit of sqlc's, and the way round it where one is
// known. Problems that are of no query stay as they are. The input needs no
// Package.
func Explain(refused diag.Problems, in Input) diag.Problems {
	c := &checker{Input: in}
	var list diag.Problems
	for _, p := range refused {
		q := find(in.Queries, p)
		if q != nil {
			s := newSubject(c, q)
			if _, err := c.Conn.Describe(s.rendered.sql); err != nil {
				list = append(list, s.refusals(err)...)
				continue
			}
			p = s.explain(p)
		} else if m := twoTypes.FindStringSubmatch(p.Msg); m != nil {
			p = c.twoTypes(p, m[0], m[1])
		}
		list = append(list, p)
	}
	list.Sort()
	return list
}

// find returns the query that a problem is of, nil for one that is explained
// already.
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

// twoTypes looks for the queries with a parameter that sqlc has found two types
// for, which it does not tell.
func (c *checker) twoTypes(p *diag.Problem, msg, field string) *diag.Problem {
	explained := *p
	explained.Msg = "sqlc: " + msg
	var names []string
	for _, q := range c.Queries {
		n := 0
		for _, param := range read(q.Text).params {
			if plain(param.name) != plain(field) {
				continue
			}
			if n++; n == 2 {
				at := q.At(param.start)
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
	r := &refused{subject: s, msg: strings.TrimPrefix(p.Msg, "sqlc: ")}
	if tree, err := syntax.Parse(s.rendered.sql); err == nil {
		r.tree = tree
	}
	explained := *p
	for _, l := range limits {
		m := l.says.FindStringSubmatch(r.msg)
		if m == nil {
			continue
		}
		r.name = m[len(m)-1]
		offset := -1
		if l.at != nil {
			if offset = l.at(r); offset < 0 {
				continue
			}
		}
		explained.Msg, explained.Fix = "SQLite accepts it, but sqlc does not know "+l.what, l.fix(r)
		if offset > 0 {
			at := s.at(s.rendered.origin(offset))
			explained.Line, explained.Col = at.Line, at.Col
		}
		explained.Msg += " (" + head(p.Msg) + ")"
		return &explained
	}
	if p.Fix != "" {
		return p // it says more than could be said here
	}
	explained.Msg = "SQLite accepts it, but sqlc does not (" + head(p.Msg) + ")"
	explained.Fix = r.otherWay()
	return &explained
}

// otherWay is the way round for what no other is known for: a view, as far as the
// statement can be one, because sqlc takes it as SQLite describes it.
func (r *refused) otherWay() string {
	const view = "with CREATE VIEW in a migration"
	switch stmt := r.tree.(type) {
	case *ast.SelectStmt:
		if len(r.written.params) == 0 {
			return "put it into a view, " + view + ", and select from that"
		}
		return "put what needs no parameter into a view, " + view + ", and compare its columns with the parameters in the query"
	case *ast.InsertStmt:
		if stmt.Select != nil && !isValues(stmt.Select) && len(r.written.params) == 0 {
			return "put what it selects into a view, " + view + ", and insert from that"
		}
	}
	return "write it in another way, or run it in Go, with // @native-sql and the reason above it"
}

// head is the first paragraph of a message on one line: where sqlc has crashed,
// a stack trace follows.
func head(msg string) string {
	msg, _, _ = strings.Cut(msg, "\n\n")
	return strings.Join(strings.Fields(msg), " ")
}
