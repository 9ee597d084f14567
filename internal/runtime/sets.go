package drey

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/Masterminds/squirrel"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// Union is the query for the rows of any of the queries, each row once: a UNION b. The
// queries have one type of rows, perhaps from several sources, and read the same
// columns. Their limits count, and so do their orders where they have limits. The result
// is a query like others: its handles are those of a's source.
//
//	popular := db.Links.OrderBy(db.Links.ClickCount.Desc()).Limit(10)
//	fresh := db.Links.OrderBy(db.Links.CreatedAt.Desc()).Limit(10)
//	front, err := drey.Union(popular, fresh).OrderBy(db.Links.Slug.Asc()).All(ctx, c)
func Union[S, S2, R any](a *Query[S, R], b *Query[S2, R], more ...*Query[S2, R]) *Query[S, R] {
	return combined(setUnion, a, b, more)
}

// UnionAll is [Union] with a row as often as the queries have it: a UNION ALL b.
func UnionAll[S, S2, R any](a *Query[S, R], b *Query[S2, R], more ...*Query[S2, R]) *Query[S, R] {
	return combined(setUnionAll, a, b, more)
}

// Intersect is [Union] of the rows that all of the queries have: a INTERSECT b.
func Intersect[S, S2, R any](a *Query[S, R], b *Query[S2, R], more ...*Query[S2, R]) *Query[S, R] {
	return combined(setIntersect, a, b, more)
}

// Except is [Union] of the rows of a that none of the others has: a EXCEPT b.
func Except[S, S2, R any](a *Query[S, R], b *Query[S2, R], more ...*Query[S2, R]) *Query[S, R] {
	return combined(setExcept, a, b, more)
}

func combined[S, S2, R any](o setOp, a *Query[S, R], b *Query[S2, R], more []*Query[S2, R]) *Query[S, R] {
	n := &Query[S, R]{clauses: clauses[S]{rel: a.rel, wide: a.wide}}
	if a.begin == nil {
		n.fields = anyTimes(a.fields)
	} else {
		n.begin = func(t *tree) func(*R, []any) []any { return anyTimes(a.begin(t)) }
	}
	arms := append([]*Query[S2, R]{b}, more...)
	for _, next := range arms {
		n.wide = join(n.wide, next.wide)
	}
	s := &set{op: o, rel: a.rel, narrow: a.made.projects(), build: func(s *set) error {
		if err := begin(s, &a.clauses); err != nil {
			return err
		}
		row := anyTimes(fieldsOn(&a.scans, nil))
		for _, next := range arms {
			if err := addArm(s, &next.clauses); err != nil {
				return err
			}
			if !sameRow(row, anyTimes(fieldsOn(&next.scans, nil))) {
				return errOtherRows
			}
		}
		return nil
	}}
	n.made = s.rows()
	return n
}

// sameRow reports whether both put their columns into the same places of a row.
func sameRow[R any](a, b func(*R, []any) []any) bool {
	var row R
	return slices.Equal(a(&row, nil), b(&row, nil))
}

// anyTimes has times scanned from texts, too: beside what is computed, a column does
// not have its declared type.
func anyTimes[R any](fields func(*R, []any) []any) func(*R, []any) []any {
	return func(r *R, to []any) []any {
		n := len(to)
		to = fields(r, to)
		for i := n; i < len(to); i++ {
			switch t := to[i].(type) {
			case *time.Time:
				to[i] = ScanTime(t)
			case **time.Time:
				to[i] = ScanTime(t)
			case *sql.NullTime:
				to[i] = ScanTime(t)
			case *sql.Null[time.Time]:
				to[i] = nullTime{t}
			}
		}
		return to
	}
}

// setOp is what a set is of its arms. It is part of the shape key.
type setOp uint8

const (
	setSame setOp = iota // one query's rows
	setUnion
	setUnionAll
	setIntersect
	setExcept
)

var setOps = [...]string{setUnion: "UNION ", setUnionAll: "UNION ALL ", setIntersect: "INTERSECT ", setExcept: "EXCEPT "}

// set is what a query reads in place of its relation: the rows of other queries.
type set struct {
	op     setOp
	rel    *Relation // of the first arm
	narrow bool      // its rows do not have all columns of the relation

	// The rest is there once somebody asks for it, as the projections of its arms are.
	once    sync.Once
	build   func(*set) error
	failure error
	arms    []arm
	of      []operand // what its arms read, nil if that is all columns of the relation
	reads   []operand // the same, as the set has it
	key     []operand // what tells its rows apart, nil if nothing does
	wide    bool      // that is everything they have, of which some may be NULL
}

func (s *set) known() *set {
	s.once.Do(func() { s.failure = s.build(s) })
	return s
}

// rows are all rows of the set, with everything that they have.
func (s *set) rows() *projected {
	if !s.narrow {
		return &projected{set: s}
	}
	return &projected{set: s, read: &readings{first: func() *projection {
		return &projection{of: s.known().reads, failed: s.failure}
	}}}
}

// arm is a query in a set, without its source's type.
type arm interface {
	// shape and bound return what its SQL depends on, and its values.
	shape(by naming) ([]byte, bool)
	bound() []any
	selection() (squirrel.SelectBuilder, error)
	// bare reports whether a SELECT of it can stand in a compound as it is.
	bare() bool
}

// nested is a query of source S in a set.
type nested[S any] struct{ q clauses[S] }

func (a *nested[S]) shape(by naming) ([]byte, bool) { return appendShape(&a.q, nil, by, modeRows) }
func (a *nested[S]) bound() []any                   { return appendArgs(&a.q, nil, modeRows) }

func (a *nested[S]) selection() (squirrel.SelectBuilder, error) { return selectionOf(&a.q, modeRows) }

func (a *nested[S]) bare() bool {
	return a.q.native == nil && (a.q.rel.With == "" || a.q.made.from() != nil) && len(a.q.order) == 0 && a.q.has == 0
}

// copied is a copy of the query that is kept. What a query refers to stays where it is:
// if all of it were kept, every query would be on the heap.
func copied[S any](q *clauses[S]) clauses[S] {
	return clauses[S]{ // without names, so that none is forgotten
		q.rel, slices.Clone(q.with), append([]Predicate[S](nil), q.where...), append([]Ordering[S](nil), q.order...),
		q.limit, q.offset, q.has, q.deleted, slices.Clone(q.native), slices.Clone(q.key), q.nullKey, q.made, q.wide,
	}
}

// begin adds the first arm.
func begin[S any](s *set, q *clauses[S]) error {
	if q.rel == nil {
		return errNoSource
	}
	s.arms, s.of = []arm{&nested[S]{copied(q)}}, q.made.reads()
	for i := range s.of {
		s.reads = append(s.reads, s.of[i].read(i))
	}
	switch key, err := keyOf(q); {
	case s.op == setUnionAll:
	case s.op == setUnion && !oneTable(q), err != nil, !s.readable(key):
		s.key, s.wide = s.columns(), true
	default:
		s.key, s.wide = key, q.made.from() != nil && q.made.from().known().wide
	}
	if s.op != setSame && len(q.made.levels()) > 0 {
		return errTreeInSet
	}
	return nil
}

// oneTable reports whether the rows are those of a table. Those of the same key are one
// row then, whatever query finds them.
func oneTable[S any](q *clauses[S]) bool {
	return q.native == nil && q.key == nil && q.made == nil && q.rel.With == ""
}

// readable reports whether the rows of the set have all of these columns.
func (s *set) readable(key []operand) bool {
	return s.of == nil || !slices.ContainsFunc(key, func(of operand) bool {
		return !slices.ContainsFunc(s.of, func(o operand) bool { return of.ex == nil && o.is(of.col) })
	})
}

// columns are all that its rows have.
func (s *set) columns() []operand {
	if s.of == nil {
		return s.rel.all()
	}
	return s.reads
}

// addArm adds an arm.
func addArm[S any](s *set, q *clauses[S]) error {
	if q.rel == nil {
		return errNoSource
	}
	of := q.made.reads()
	if of == nil {
		of = q.rel.all()
	}
	own := s.of
	if own == nil {
		own = s.rel.all()
	}
	if len(of) != len(own) {
		return errOtherRows
	}
	for i := range of {
		if of[i].dated() != own[i].dated() {
			return sqldriver.ErrDateAndTime
		}
	}
	if len(q.made.levels()) > 0 {
		return errTreeInSet
	}
	s.arms = append(s.arms, &nested[S]{copied(q)})
	if s.op == setUnion && (q.rel != s.rel || !oneTable(q)) {
		s.key, s.wide = s.columns(), true
	}
	return nil
}

func (s *set) appendShape(key []byte, by naming) ([]byte, bool) {
	if s.known().failure != nil {
		return key, false
	}
	key = binary.AppendUvarint(append(key, byte(s.op)), uint64(len(s.arms)))
	for _, a := range s.arms {
		shape, ok := a.shape(by)
		if !ok {
			return key, false
		}
		key = append(key, shape...)
	}
	return key, true
}

func (s *set) appendArgs(args []any) []any {
	if s.known().failure != nil {
		return args
	}
	for _, a := range s.arms {
		args = append(args, a.bound()...)
	}
	return args
}

// selection is the compound SELECT.
func (s *set) selection() (whole squirrel.SelectBuilder, err error) {
	if s.known().failure != nil {
		return whole, s.failure
	}
	for i, a := range s.arms {
		sel, err := a.selection()
		switch {
		case err != nil:
			return whole, err
		case s.op != setSame && !a.bare():
			sel = squirrel.Select("*").FromSelect(sel, "rows")
		}
		if i == 0 {
			whole = sel
		} else {
			whole = whole.SuffixExpr(squirrel.ConcatExpr(setOps[s.op], sel))
		}
	}
	return whole, nil
}

var (
	errTreeInSet     = errors.New("the queries of a set do not read relations: Select reads those of the set")
	errOtherRows     = errors.New("the queries of a set read the same columns, in the same order, into the same places")
	errDistinctLimit = errors.New("the distinct rows that are related to others have no limits")
	errNotRead       = errors.New("it is not among what is read of the rows, which are distinct or those of a set")
)
