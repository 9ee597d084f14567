package drey

import (
	"encoding/binary"

	"github.com/Masterminds/squirrel"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// InQuery holds where the column has one of the values that the query selects
// in its column of. NULLs among them are left out, so that its negation means
// what it says.
func InQuery[S, T, V, S2, R2, V2 any](column Handle[S, T, V], q *Query[S2, R2], of Handle[S2, T, V2]) Predicate[S] {
	c := column.place()
	return inQuery[S](c.rel, c.col, opInQuery, &q.clauses, of.place().col)
}

// NotInQuery holds where the column has a value that is not among those that
// the query selects in its column of. NULLs among them are left out.
func NotInQuery[S, T, V, S2, R2, V2 any](column Handle[S, T, V], q *Query[S2, R2], of Handle[S2, T, V2]) Predicate[S] {
	c := column.place()
	return inQuery[S](c.rel, c.col, opNotInQuery, &q.clauses, of.place().col)
}

func inQuery[S, S2 any](r *Relation, col uint16, o op, q *clauses[S2], of uint16) Predicate[S] {
	if q.rel == nil {
		return invalid[S](errNoSource)
	}
	if r.dated(col) != q.rel.dated(of) {
		return invalid[S](sqldriver.ErrDateAndTime)
	}
	return Predicate[S]{node{
		rel: r, col: col, op: o,
		vals: [2]any{&subquery[S2]{q: *q, mode: modeMatched, columns: []uint16{of}}},
	}}
}

// Exists holds where the query has a row; with matches, a row that matches the
// row of S:
//
//	db.Links.Where(db.Exists(db.Clicks.Where(…), db.On(db.Clicks.LinkID, db.Links.ID)))
//
// Without matches, name the outer source: db.Exists[db.LinksSource](…).
func Exists[S, S2, R2 any](q *Query[S2, R2], matches ...Correlation[S2, S]) Predicate[S] {
	if q.rel == nil {
		return invalid[S](errNoSource)
	}
	s := &subquery[S2]{q: q.clauses, mode: modeColumns, exists: true, matches: make([]match, len(matches))}
	for i, m := range matches {
		if q.rel.dated(m.match.inner) != m.match.outer.dated(m.match.col) {
			return invalid[S](sqldriver.ErrDateAndTime)
		}
		s.matches[i] = m.match
		s.columns = append(s.columns, m.match.inner)
	}
	return Predicate[S]{node{op: opExists, vals: [2]any{s}}}
}

// Correlation compares a column of an inner query with one of the outer.
type Correlation[Inner, Outer any] struct{ match match }

type match struct {
	inner uint16 // a column of the inner relation
	outer *Relation
	col   uint16 // a column of the outer
}

// On matches rows whose columns are equal. NULL is not equal to anything.
func On[Inner, Outer, T, V, W any](inner Handle[Inner, T, V], outer Handle[Outer, T, W]) Correlation[Inner, Outer] {
	i, o := inner.place(), outer.place()
	return Correlation[Inner, Outer]{match{i.col, o.rel, o.col}}
}

// nested is a part of a predicate that renders itself: a query inside of it.
type nested interface {
	ToSql() (string, []any, error)
	// shape and bound return their part. If they appended it to the caller's,
	// that would be on the heap for every query.
	shape(by naming) ([]byte, bool)
	bound() []any
}

var _ nested = (*beyond)(nil)

// subquery is the nested query of source S.
type subquery[S any] struct {
	q       clauses[S]
	mode    mode
	columns []uint16
	exists  bool
	matches []match
}

func (s *subquery[S]) shape(by naming) ([]byte, bool) {
	key := binary.AppendUvarint(nil, uint64(len(s.matches)))
	for _, m := range s.matches {
		key = m.outer.appendTo(key, by)
		key = binary.AppendUvarint(key, uint64(m.col))
	}
	return appendShape(&s.q, key, by, s.mode, s.columns...)
}

func (s *subquery[S]) bound() []any { return appendArgs(&s.q, nil) }

// ToSql renders the subselect with ? placeholders. What it matches is compared
// around the inner query, where its table's name is free for the outer row's:
// the two may be one table.
func (s *subquery[S]) ToSql() (string, []any, error) {
	inner, err := selectionOf(&s.q, s.mode, s.columns...)
	if err != nil {
		return "", nil, err
	}
	if !s.exists {
		return inner.ToSql()
	}
	sel := squirrel.Select("1").FromSelect(inner, `"inner"`)
	for _, m := range s.matches {
		sel = sel.Where(`"inner".` + s.q.rel.Columns[m.inner] + " = " + m.outer.Name + "." + m.outer.Columns[m.col])
	}
	return sel.ToSql()
}
