package drey

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
)

// Select is the query for rows of a type of the caller's, which have some columns of
// S, and expressions. read calls [ReadInto] to say which of them goes where. It is
// called once for each row, and once before, always with a zero *P. [ReadMany] and
// [ReadOne] read what relations lead to.
//
//	entries := drey.Select(db.Links.OrderBy(db.Links.Slug.Asc()), func(p *drey.Projection[db.LinksSource], to *entry) {
//		drey.ReadInto(p, db.Links.Slug, &to.Slug)
//		drey.ReadInto(p, db.Links.Title, &to.Title)
//	})
//	found, err := entries.All(ctx, c)
//
// The query can be narrowed, ordered and paged further. Columns that are not read can
// be in its predicates and orders.
func Select[S, R, P any](q *Query[S, R], read func(*Projection[S], *P)) *Query[S, P] {
	n := &Query[S, P]{clauses: q.clauses}
	reads := &readings{first: func() *projection {
		var p Projection[S]
		read(&p, new(P))
		return &p.projection
	}}
	n.made = q.made.with(reads)
	n.begin = func(t *tree) func(*P, []any) []any {
		p := &Projection[S]{projection{want: reads.known().of, tree: t}}
		if t == nil && len(reads.levels) > 0 {
			p.fail(errNoTree)
		}
		return func(row *P, to []any) []any {
			p.of, p.to, p.at = p.of[:0], to, 0
			read(p, row)
			return p.scanned()
		}
	}
	return n
}

// Projection is the set of columns of source S that a row of [Select] takes.
type Projection[S any] struct{ projection }

type projection struct {
	of     []operand
	levels []level   // that are read before the first row
	want   []operand // what was read before the first row, nil then
	to     []any
	tree   *tree // of this run, nil if it does not read relations
	at     int   // the tree's level that the row names next
	failed error
}

// ReadInto makes [Select] store the column's value in *to.
func ReadInto[S, T, V any](p *Projection[S], column Handle[S, T, V], to *V) {
	on := column.place().on
	p.read(on, on.into(to))
}

func (p *projection) read(on *operand, to any) {
	p.of = append(p.of, *on)
	p.to = append(p.to, to)
}

// fail makes scanning fail.
func (p *projection) fail(err error) {
	if p.failed == nil {
		p.failed = err
	}
}

// scanned is where the columns are scanned. If those are not the ones that were read
// before the first row, scanning fails.
func (p *projection) scanned() []any {
	same := len(p.of) == len(p.want) && (p.tree == nil || p.at == len(p.tree.levels))
	for i := 0; same && i < len(p.of); i++ {
		same = equal(&p.of[i], &p.want[i])
	}
	if !same {
		p.fail(errOtherColumns)
	}
	if p.failed == nil {
		return p.to
	}
	to := p.to[:len(p.to)-len(p.of)]
	for range p.want {
		to = append(to, unlike{p.failed})
	}
	return to
}

// unlike is where a row is scanned that cannot be.
type unlike struct{ why error }

// Scan fails.
func (u unlike) Scan(any) error { return u.why }

// equal reports whether both are the same, values included.
func equal(a, b *operand) bool {
	if *a == *b || a.ex == nil || b.ex == nil {
		return *a == *b
	}
	one, _ := a.appendShape(nil, numbered)
	two, _ := b.appendShape(nil, numbered)
	for _, v := range a.bound() {
		one = appendValue(one, v)
	}
	for _, v := range b.bound() {
		two = appendValue(two, v)
	}
	return bytes.Equal(one, two)
}

// Pluck returns one column of the rows. The values of a column that may be
// NULL are of type sql.Null.
func Pluck[S, R, T, V any](ctx context.Context, c Conn, q *Query[S, R], column Handle[S, T, V]) ([]V, error) {
	n := &Query[S, V]{clauses: q.clauses}
	on := column.place().on
	n.made = q.made.reading([]operand{*on})
	n.fields = func(v *V, to []any) []any { return append(to, on.into(v)) }
	return n.All(ctx, c)
}

// AllAndCount returns the rows of a query, and the number of rows that it would have
// without its Limit and Offset: SELECT …, (SELECT COUNT(*) FROM …) FROM …. Both are of
// one state of the database.
//
//	rows, total, err := drey.AllAndCount(ctx, c, db.Links.OrderBy(db.Links.ID.Asc()).Limit(20).Offset(40))
func AllAndCount[S, R any](ctx context.Context, c Conn, q *Query[S, R]) (rows []R, total int64, err error) {
	whole := *q
	whole.has, whole.limit, whole.offset = 0, 0, 0
	if _, batch := c.on().(*taping); batch { // whose statements are of one state, and may not depend on each other
		if rows, err = q.All(ctx, c); err == nil {
			total, err = whole.Count(ctx, c)
		}
		return rows, total, err
	}
	n := &Query[S, R]{clauses: q.clauses}
	if err := counted(&n.clauses); err != nil {
		return nil, 0, err
	}
	n.begin = func(t *tree) func(*R, []any) []any {
		fields := fieldsOn(&q.scans, t)
		return func(r *R, to []any) []any { return append(fields(r, to), &total) }
	}
	for {
		if rows, err = n.All(ctx, c); err != nil || len(rows) > 0 {
			return rows, total, err
		}
		// Nobody has counted. If others have written meanwhile, there may be rows now.
		if total, err = whole.Count(ctx, c); err != nil || !within(&q.clauses, total) {
			return rows, total, err
		}
	}
}

// counted makes the query read the number of its rows beside each.
func counted[S any](q *clauses[S]) error {
	if q.rel == nil {
		return errNoSource
	}
	whole := Query[S, struct{}]{clauses: *q}
	whole.order = nil
	of := q.made.reads()
	if of == nil {
		of = q.rel.all()
	}
	q.made = q.made.with(&readings{of: append(slices.Clip(of), *CountOf[S](&whole).at.on), levels: q.made.levels()})
	return nil
}

// within reports whether the bounds of the query leave one of so many rows.
func within[S any](q *clauses[S], rows int64) bool {
	return rows > q.offset && (q.has&hasLimit == 0 || q.limit > 0)
}

// projected is what a query's rows are, if they are not the relation's.
type projected struct {
	read   *readings // nil if all columns are
	groups *grouping // nil if the rows are not groups
	set    *set      // what is read in place of the relation, nil if nothing is
	// distinct: each row once.
	distinct bool
}

// projects reports whether something else is read than the relation's columns.
func (m *projected) projects() bool { return m != nil && m.read != nil }

// plain reports whether the rows are those of the relation, whatever is read of them.
func (m *projected) plain() bool {
	return m == nil || m.groups == nil && m.set == nil && !m.distinct
}

// from is what is read in place of the relation, of groups what their rows are.
func (m *projected) from() *set {
	switch {
	case m == nil:
		return nil
	case m.groups != nil:
		return m.groups.set
	}
	return m.set
}

// scope is where the columns of what is read from are named.
func (m *projected) scope() scope {
	if s := m.from(); s != nil && s.narrow {
		return scope{table: s.rel.Name + ".", only: s.known().of}
	}
	return scope{}
}

// rows are all rows that are read from, with everything that they have.
func (m *projected) rows() *projected {
	if s := m.from(); s != nil {
		return s.rows()
	}
	return nil
}

// readings are what is read of each row, which a projection says when somebody asks for
// it first. It may be a part of another's that says itself again.
type readings struct {
	once   sync.Once
	first  func() *projection
	of     []operand
	levels []level
}

func (r *readings) known() *readings {
	r.once.Do(func() {
		if r.first != nil {
			p := r.first()
			if r.of, r.levels = p.of, p.levels; p.failed != nil {
				r.of, r.levels = []operand{broken(p.failed)}, nil
			}
		}
		if len(r.of) == 0 {
			r.of = []operand{broken(errNoColumns)}
		}
	})
	return r
}

// reading is the same, with other columns.
func (m *projected) reading(of []operand) *projected { return m.with(&readings{of: of}) }

func (m *projected) with(read *readings) *projected {
	n := projected{}
	if m != nil {
		n = *m
	}
	n.read = read
	return &n
}

// broken is an operand that does not render.
func broken(err error) operand {
	return operand{ex: &expression{term: &node{op: opError, vals: [2]any{err}}}}
}

// grouped is what groups are made of, nil if the rows are others.
func (m *projected) grouped() *grouping {
	if m == nil {
		return nil
	}
	return m.groups
}

// appendShape appends what the SQL depends on that says where the rows come from.
func (m *projected) appendShape(key []byte, by naming) ([]byte, bool) {
	key = append(key, bit(m.distinct)|bit(m.groups != nil)<<1|bit(m.set != nil)<<2)
	switch {
	case m.groups != nil:
		return m.groups.appendShape(key, by)
	case m.set != nil:
		return m.set.appendShape(key, by)
	}
	return key, true
}

// appendFrom appends what is bound between the columns of a query and its predicates.
func (m *projected) appendFrom(args []any) []any {
	switch {
	case m == nil:
	case m.groups != nil:
		return m.groups.appendArgs(args)
	case m.set != nil:
		return m.set.appendArgs(args)
	}
	return args
}

// reads are the columns that are read, nil for all of the relation's.
func (m *projected) reads() []operand {
	if !m.projects() {
		return nil
	}
	return m.read.known().of
}

// levels are what is read besides the rows.
func (m *projected) levels() []level {
	if !m.projects() {
		return nil
	}
	return m.read.known().levels
}

var (
	errNoColumns    = errors.New("a projection reads at least one column")
	errOtherColumns = errors.New("a projection reads the same columns for every row")
)
