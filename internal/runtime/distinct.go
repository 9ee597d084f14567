package drey

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Distinct leaves out rows that are equal in everything that is read of them: SELECT
// DISTINCT. A distinct query is ordered by what it reads; anything else would be of one
// of the equal rows.
func (q *Query[S, R]) Distinct() *Query[S, R] {
	n := *q
	n.made = q.made.once()
	return &n
}

// once is the same, with each row once.
func (m *projected) once() *projected {
	n := projected{}
	if m != nil {
		n = *m
	}
	n.distinct = true
	return &n
}

// settled is the query in the form in which it is rendered: distinct rows that are not
// read but asked something else are nested in another query, and what orders rows by an
// expression that is read does it by that.
func settled[S any](q *clauses[S], m mode) *clauses[S] {
	made := q.made
	if made == nil {
		return q
	}
	if made.set != nil && made.set.narrow && len(q.order) > 0 {
		s := made.set.known()
		q = orderedByRead(q, s.of, s.reads)
	}
	if made.distinct && !m.whole() {
		return settled(boxed(q), m)
	}
	if made.distinct && len(q.order) > 0 {
		of := made.reads()
		as := make([]operand, len(of))
		for i := range as {
			as[i] = of[i].read(i)
		}
		q = orderedByRead(q, of, as)
	}
	return q
}

// boxed is the query for the same rows, nested in another.
func boxed[S any](q *clauses[S]) *clauses[S] {
	inner := copied(q)
	n := &clauses[S]{rel: q.rel, wide: q.wide}
	if inner.has == 0 {
		n.order, inner.order = inner.order, nil
	}
	s := &set{rel: q.rel, narrow: q.made.projects(), build: func(s *set) error { return begin(s, &inner) }}
	if n.made = s.rows(); s.narrow {
		n.made.read = &readings{of: s.known().reads, levels: q.made.levels()}
	}
	return n
}

// orderedByRead is the query whose orders by expressions that are read are by what
// those are called.
func orderedByRead[S any](q *clauses[S], of, as []operand) *clauses[S] {
	n := copied(q)
	for i := range n.order {
		on := &n.order[i].on
		if at := slices.IndexFunc(of, func(o operand) bool { return o.ex != nil && equal(&o, on) }); at >= 0 {
			*on = as[at]
		}
	}
	return &n
}

// read is the operand as what is read has it, where its number is n.
func (o *operand) read(n int) operand {
	if o.ex == nil {
		return *o
	}
	return *o.with(&output{o.source(), n}, o.nullable())
}

// output is an expression that is read, as a column of what reads it.
type output struct {
	rel *Relation
	n   int
}

func (o *output) render(in scope) (string, []any, error) {
	return in.table + outputName(o.n), nil, nil
}

func (o *output) shape(naming) ([]byte, bool) {
	return binary.AppendUvarint([]byte{termOutput}, uint64(o.n)), true
}

func (o *output) bound() []any      { return nil }
func (o *output) source() *Relation { return o.rel }
func (o *output) nested() bool      { return false }
func (o *output) walk(func(term))   {}

// among is an error if the rows of the scope do not have the column.
func (in scope) among(o *operand) error {
	if in.only == nil || slices.ContainsFunc(in.only, func(of operand) bool { return of.is(o.col) }) {
		return nil
	}
	return fmt.Errorf("%w: %s", errNotRead, o.name())
}

// text is an error if text of the caller's has no place in the scope: it has names that
// nobody looks into.
func (in scope) text() error {
	switch {
	case in.only != nil:
		return fmt.Errorf("%w: SQL text of the caller's", errNotRead)
	case in.nested:
		return errUnqualified
	}
	return nil
}
