package drey

import (
	"database/sql"
	"encoding/binary"

	"github.com/Masterminds/squirrel"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// InQuery holds where the column has one of the values that the query selects
// in its column of. NULLs among them are left out, so that its negation means
// what it says.
func InQuery[S, T, V, S2, R2, V2 any](column Handle[S, T, V], q *Query[S2, R2], of Handle[S2, T, V2]) Predicate[S] {
	return inQuery[S](*column.place().on, opInQuery, &q.clauses, *of.place().on)
}

// NotInQuery holds where the column has a value that is not among those that
// the query selects in its column of. NULLs among them are left out.
func NotInQuery[S, T, V, S2, R2, V2 any](column Handle[S, T, V], q *Query[S2, R2], of Handle[S2, T, V2]) Predicate[S] {
	return inQuery[S](*column.place().on, opNotInQuery, &q.clauses, *of.place().on)
}

func inQuery[S, S2 any](on operand, o op, q *clauses[S2], of operand) Predicate[S] {
	if q.rel == nil {
		return invalid[S](errNoSource)
	}
	if on.dated() != of.dated() {
		return invalid[S](sqldriver.ErrDateAndTime)
	}
	return Predicate[S]{node{on: on, op: o, vals: [2]any{&subquery[S2]{q: *q, mode: modeMatched, of: []operand{of}}}}}
}

// Exists holds where the query has a row; with matches, a row that matches the row of S
// by all of them. A relation is a match:
//
//	db.Links.Where(drey.Exists(db.Clicks.Where(…), db.LinkToClicks))
//
// Limit and Offset of the query count before the matches. Without matches, name the
// outer source: drey.Exists[db.LinksSource](…).
func Exists[S, S2, R2 any](q *Query[S2, R2], matches ...Correlation[S2, S]) Predicate[S] {
	s, err := correlated(subExists, &q.clauses, nil, matches)
	if err != nil {
		return invalid[S](err)
	}
	return Predicate[S]{node{op: opExists, vals: [2]any{s}}}
}

// Scalar is the value of a column or an expression in the first row of a query; with
// matches, in the first of the rows that match the row of S. It is NULL if there is no
// such row. Limit and Offset of the query do not count.
//
//	last := drey.Scalar(db.Clicks.Country, db.Clicks.OrderBy(db.Clicks.ClickedAt.Desc()), db.LinkToClicks)
//
// Of the row that a foreign key refers to, it is the column of a LEFT JOIN, to filter and
// to order by; to read several of its columns costs less with [ReadOne].
//
// Without matches, name the outer source: drey.Scalar[db.LinksSource](…).
func Scalar[S, S2, R2, T, V any](of Handle[S2, T, V], q *Query[S2, R2], matches ...Correlation[S2, S]) Expression[S, T, sql.Null[T]] {
	on := of.place().on
	s, err := correlated(subScalar, &q.clauses, []operand{*on}, matches)
	return expressed[S, T, sql.Null[T]](on.with(termOr(s, err), true))
}

// CountOf is the number of a query's rows; with matches, of those that match the row
// of S. Limit and Offset of the query do not count.
func CountOf[S, S2, R2 any](q *Query[S2, R2], matches ...Correlation[S2, S]) Expression[S, int64, int64] {
	s, err := correlated(subCount, &q.clauses, nil, matches)
	return expressed[S, int64, int64](&operand{ex: &expression{term: termOr(s, err)}})
}

// termOr is the term, or what fails with the error.
func termOr(t term, err error) term {
	if err != nil {
		return &node{op: opError, vals: [2]any{err}}
	}
	return t
}

func correlated[S, S2 any](kind sub, q *clauses[S2], of []operand, matches []Correlation[S2, S]) (*subquery[S2], error) {
	if q.rel == nil {
		return nil, errNoSource
	}
	s := &subquery[S2]{q: *q, kind: kind, mode: modeColumns, of: of, matches: make([]*match, len(matches))}
	for i, m := range matches {
		var inner S2
		var outer S
		s.matches[i] = m.matches(inner, outer)
		if err := s.matches[i].check(); err != nil {
			return nil, err
		}
		s.of = append(s.of, s.matches[i].inner...)
	}
	if kind != subExists {
		s.q.limit, s.q.offset, s.q.has = 0, 0, 0
	}
	if kind == subScalar {
		for i := range q.order {
			s.of = append(s.of, q.order[i].on)
		}
	}
	return s, nil
}

// sub is what a subquery gives. It is part of the shape key.
type sub uint8

const (
	subRows   sub = iota // the values of IN
	subExists            // whether there is a row
	subScalar            // the first value
	subCount             // the number of rows
)

// subquery is the nested query of source S.
type subquery[S any] struct {
	q       clauses[S]
	kind    sub
	mode    mode
	of      []operand // a scalar's value; what is compared with the outer row; a scalar's orders
	matches []*match
}

func (s *subquery[S]) shape(by naming) ([]byte, bool) {
	key, ok := binary.AppendUvarint([]byte{termQuery, byte(s.kind)}, uint64(len(s.matches))), true
	for _, m := range s.matches {
		if key, ok = m.appendShape(key, by); !ok {
			return key, false
		}
	}
	return appendShape(&s.q, key, by, s.mode, s.of...)
}

func (s *subquery[S]) bound() []any {
	q := s.q
	if s.kind == subScalar {
		q.order = nil
	}
	args := appendArgs(&q, nil, s.mode, s.of...)
	for _, m := range s.matches {
		args = m.appendArgs(args)
	}
	return args
}

func (s *subquery[S]) source() *Relation {
	for _, m := range s.matches {
		if r := sourceOf(m.outer); r != nil {
			return r
		}
	}
	return nil
}

func (s *subquery[S]) nested() bool { return true }

func (s *subquery[S]) walk(f func(term)) {
	for _, m := range s.matches {
		walkIn(m.outer, f)
	}
}

// render renders the subselect with ? placeholders. What it matches is compared
// around the inner query, where its table's name is free for the outer row's:
// the two may be one table.
func (s *subquery[S]) render(in scope) (string, []any, error) {
	q := s.q
	if s.kind == subScalar { // it is ordered around
		q.order = nil
	}
	inner, err := selectionOf(&q, s.mode, s.of...)
	if err != nil {
		return "", nil, err
	}
	if s.kind == subRows {
		return inner.ToSql()
	}
	of := names(s.of)
	sel := squirrel.Select()
	switch s.kind {
	case subExists:
		sel = sel.Columns("1")
	case subCount:
		sel = sel.Columns("COUNT(*)")
	case subScalar:
		sel = sel.Columns(innerRows + "." + of[0]).Suffix("LIMIT 1")
		of = of[1:]
	}
	sel = sel.FromSelect(inner, innerRows)
	for n, m := range s.matches {
		sel = m.compared(sel, n, of, in)
		of = of[len(m.inner):]
	}
	if s.kind == subScalar {
		for i, o := range s.q.order {
			sel = sel.OrderBy(innerRows + "." + of[i] + directions[o.how])
		}
	}
	text, args, err := sel.ToSql()
	if s.kind != subExists {
		text = "(" + text + ")"
	}
	return text, args, err
}
