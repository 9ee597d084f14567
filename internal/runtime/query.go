package drey

import (
	"encoding/binary"
	"slices"

	"github.com/Masterminds/squirrel"
)

// Query selects rows of type R from source S. It does not change: its methods
// return a new query and leave the old one as it was. So a query can be kept
// and refined in several ways. A source is itself the query for all of its
// rows.
//
// A Query is a [squirrel.Sqlizer].
//
// The methods that make a query are inlined where they are called, so that a
// chain of them stays on the stack. Those that run one are not, and do nothing
// themselves: the compiler makes each of them, and wrappers of it, for every type
// of rows. What they call is made once.
type Query[S, R any] struct {
	clauses[S]
	scans[R]
}

// scans say where a scan puts the columns of a row of type R.
type scans[R any] struct {
	fields func(*R, []any) []any
	begin  func(*tree) func(*R, []any) []any // fields for a run, nil if all have the same
}

// fieldsOn is where a run puts the columns of its rows. It is a function, since a method would
// be one of every query and table.
func fieldsOn[R any](s *scans[R], t *tree) func(*R, []any) []any {
	if s.begin == nil {
		return s.fields
	}
	return s.begin(t)
}

// clauses are a query without the type of its rows. What works on them is
// written as functions, which the compiler makes once; it would make methods
// for every source.
type clauses[S any] struct {
	rel    *Relation
	with   []any
	where  []Predicate[S]
	order  []Ordering[S]
	limit  int64
	offset int64
	has    bounds
	// deleted: the rows that are deleted softly are read, too.
	deleted bool
	// native is what to read in place of the relation, if there is such a thing.
	// It is in a slice, because what squirrel gets goes to the heap, and with the
	// value itself the compiler would send where and order there, too.
	native []squirrel.Sqlizer
	key    []uint16 // the columns that tell its rows apart, if not the relation's key
	// nullKey: one of them may be NULL, so they do not tell rows apart.
	nullKey bool
	made    *projected   // nil if its rows are the relation's
	wide    FilterErrors // integers of filters that not every engine takes
}

// NewQuery returns the query for all rows of a source. with has the arguments
// of a query source.
func NewQuery[S, R any](r *Relation, fields func(*R, []any) []any, with ...any) *Query[S, R] {
	return &Query[S, R]{clauses[S]{rel: r, with: with}, scans[R]{fields: fields}}
}

// bounds says which of LIMIT and OFFSET a query has. It is part of the shape
// key.
type bounds uint8

const (
	hasLimit bounds = 1 << iota
	hasOffset
)

// Where narrows the query to rows for which all of the predicates hold, those
// of earlier calls included. The rows of a query in sql/ are narrowed after it has
// computed them, its windows and aggregates of everything that it reads, which
// [Query.Below] narrows; those of [GroupBy] before their aggregates, and the groups
// themselves in HAVING. Absent predicates are left out. A slice that is passed as
// predicates... belongs to the query afterwards.
func (q *Query[S, R]) Where(predicates ...Predicate[S]) *Query[S, R] {
	n := *q
	n.where = join(q.where, predicates)
	return &n
}

// OrderBy orders the rows, after the orderings of earlier calls. Without it
// their order is not defined.
func (q *Query[S, R]) OrderBy(orderings ...Ordering[S]) *Query[S, R] {
	n := *q
	n.order = join(q.order, orderings)
	return &n
}

// join appends without changing what others hold.
func join[T any](a, b []T) []T {
	if len(a) == 0 {
		return b
	}
	return append(slices.Clip(a), b...)
}

// Limit bounds the number of rows, in place of an earlier Limit. A negative one
// is [ErrNegativeLimit] when the query runs.
func (q *Query[S, R]) Limit(rows int) *Query[S, R] {
	n := *q
	n.limit, n.has = int64(rows), q.has|hasLimit
	return &n
}

// Offset skips the first rows, in place of an earlier Offset. A negative one is
// [ErrNegativeLimit] when the query runs.
func (q *Query[S, R]) Offset(rows int) *Query[S, R] {
	n := *q
	n.offset, n.has = int64(rows), q.has|hasOffset
	return &n
}

// When returns what then makes of the query if the condition holds, and the
// query itself otherwise.
func (q *Query[S, R]) When(condition bool, then func(*Query[S, R]) *Query[S, R]) *Query[S, R] {
	if condition {
		return then(q)
	}
	return q
}

// ToSql renders the query with ? placeholders.
func (q *Query[S, R]) ToSql() (string, []any, error) { return queryText(&q.clauses) }

//go:noinline
func queryText[S any](q *clauses[S]) (string, []any, error) {
	sel, err := selectionOf(q, modeRows)
	if err != nil {
		return "", nil, err
	}
	return sel.ToSql()
}

// Builder returns the query as squirrel's SelectBuilder. It selects the
// columns of R in their order.
//
//go:noinline
func (q *Query[S, R]) Builder() (squirrel.SelectBuilder, error) {
	return selectionOf(&q.clauses, modeRows)
}

// appendShape appends the query's shape. It reports false if the query does not
// have one.
func appendShape[S any](q *clauses[S], key []byte, by naming, m mode, of ...operand) ([]byte, bool) {
	if q.native != nil || q.limit < 0 || q.offset < 0 {
		return key, false
	}
	q = settled(q, m)
	ok := true
	key = q.rel.appendTo(key, by)
	key = append(key, byte(m), byte(q.has)|bit(q.deleted)<<2)
	if m.ofRows() {
		reads := q.made.reads()
		key = binary.AppendUvarint(key, uint64(len(reads)))
		for i := range reads {
			if key, ok = reads[i].appendShape(key, by); !ok {
				return key, false
			}
		}
	}
	if q.made == nil {
		key = append(key, 0)
	} else if key, ok = q.made.appendShape(key, by); !ok {
		return key, false
	}
	if groups := q.made.grouped(); groups.bind() {
		if s := selected(q, m, of...); s.check() != nil {
			return key, false // rendering has the error
		}
	}
	if m.ofColumns() {
		key = binary.AppendUvarint(key, uint64(len(of)))
		for i := range of {
			if key, ok = of[i].appendShape(key, by); !ok {
				return key, false
			}
		}
	}
	if key, ok = appendWithShape(key, by, q.with); !ok {
		return key, false
	}
	for i := range q.where {
		n := &q.where[i].node
		if n.op == opAbsent {
			continue
		}
		if key, ok = n.appendShape(key, by); !ok {
			return key, false
		}
	}
	key = binary.AppendUvarint(append(key, byte(opAbsent)), uint64(len(q.order)))
	for i := range q.order {
		o := &q.order[i]
		if key, ok = o.on.appendShape(key, by); !ok {
			return key, false
		}
		key = append(key, byte(o.how))
	}
	return key, true
}

// appendArgs appends the values that the query binds, in the order of the
// placeholders of its SQL. of are those of the mode.
func appendArgs[S any](q *clauses[S], args []any, m mode, of ...operand) []any {
	q = settled(q, m)
	args = flatten(args, q.with)
	if m.ofRows() {
		args = appendReadArgs(q, args)
	}
	if m.ofColumns() {
		for i := range of {
			args = of[i].appendArgs(args)
		}
	}
	args = appendWhereArgs(q, q.made.appendFrom(args))
	if m == modeRows || m.ofColumns() {
		args = appendOrderArgs(q, args)
	}
	return appendBounds(q, args)
}

// appendReadArgs appends the values that are bound by what is read.
func appendReadArgs[S any](q *clauses[S], args []any) []any {
	reads := q.made.reads()
	for i := range reads {
		args = reads[i].appendArgs(args)
	}
	return args
}

func appendWhereArgs[S any](q *clauses[S], args []any) []any {
	for i := range q.where {
		args = q.where[i].node.appendArgs(args)
	}
	return args
}

func appendOrderArgs[S any](q *clauses[S], args []any) []any {
	for i := range q.order {
		args = q.order[i].on.appendArgs(args)
	}
	return args
}

func appendBounds[S any](q *clauses[S], args []any) []any {
	if q.has&hasLimit != 0 {
		args = append(args, q.limit)
	}
	if q.has&hasOffset != 0 {
		args = append(args, q.offset)
	}
	return args
}

// selectionOf renders the query from a copy of it: what squirrel gets goes to
// the heap, and the caller's predicates need not go there.
func selectionOf[S any](q *clauses[S], m mode, of ...operand) (squirrel.SelectBuilder, error) {
	s := selected(q, m, of...)
	return s.render()
}

func selected[S any](q *clauses[S], m mode, of ...operand) selection {
	q = settled(q, m)
	s := selection{
		rel: q.rel, native: slices.Clone(q.native), reads: q.made.reads(), groups: q.made.grouped(), set: q.made.from(), in: q.made.scope(),
		mode: m, of: slices.Clone(of), has: q.has, limit: q.limit, offset: q.offset,
		with: slices.Clone(q.with), where: nodes(q),
	}
	in := s.in
	if q.made != nil && q.made.distinct {
		s.distinct = true
		in.only = s.reads
	}
	for _, o := range q.order {
		s.order = append(s.order, clause(o.on, o.how, in))
		s.orders = append(s.orders, o.on)
	}
	if m == modeRelated && q.has != 0 {
		key, err := keyOf(q)
		if err != nil {
			key = q.rel.operands(q.rel.Key)
		}
		for i := range key {
			s.last = append(s.last, part{&key[i], in})
		}
	}
	return s
}
