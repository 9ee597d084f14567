package drey

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
)

// ReadRow makes [Select] store the whole row of the source in *to. of is the source, as
// in &db.Users.Query.
func ReadRow[S, R any](p *Projection[S], of *Query[S, R], to *R) {
	readRow(&p.projection, &of.clauses, of.scans, to)
}

func readRow[S, R any](p *projection, q *clauses[S], s scans[R], to *R) {
	if q.rel == nil || !whole(q) {
		err := errNotSource
		for i := range q.where {
			err = cmp.Or(q.where[i].node.refused(), err)
		}
		p.of, p.to = append(p.of, broken(err)), append(p.to, unlike{err})
		return
	}
	for i := range q.rel.Columns {
		p.of = append(p.of, operand{rel: q.rel, col: uint16(i)})
	}
	p.to = s.fields(to, p.to)
}

// ReadMany makes [Select] store the rows that a relation leads to in *to, among those
// that q selects and in its order; an empty slice if there are none. q may itself be a
// Select that reads relations: so rows become trees.
//
//	posts := drey.Select(db.Posts.OrderBy(db.Posts.ID.Asc()), func(p *drey.Projection[db.PostsSource], to *post) {
//		drey.ReadRow(p, &db.Posts.Query, &to.Post)
//		drey.ReadMany(p, db.PostToComments, &db.Comments.Query, &to.Comments)
//	})
//	users := drey.Select(&db.Users.Query, func(p *drey.Projection[db.UsersSource], to *user) {
//		drey.ReadRow(p, &db.Users.Query, &to.User)
//		drey.ReadMany(p, db.UserToPosts, posts, &to.Posts)
//	})
//
// Each level of the tree is one statement, whatever the number of its rows, as that of
// [LoadMany]; there are more only if the keys are more than the parameters of a
// statement. Limit and Offset of q apply to each row by itself. All levels are of one
// state of the database in a [Client.Snapshot] or a [Client.Tx]; without one, each is of
// the state that its statement finds. In a [Batch] too each level is one statement, in which
// the query for the rows above is nested; those are ordered by their key at last if they
// have a limit. Iter of such a query is an error.
//
// A level is in the tree if the first call of read, which comes before the rows, names
// it. The query of the first call is the one that is run; that of later calls has to be
// the same. Rows that are [Query.Distinct] may lead to different rows.
func ReadMany[F, P any, K comparable, S, R any](p *Projection[F], of *ToMany[F, P, K, S], q *Query[S, R], to *[]R) {
	if l := levelOf(&p.projection, routeOf[F, S](of), q); l != nil {
		l.many = append(l.many, to)
	}
}

// ReadOne is [ReadMany] for the row that a foreign key refers to: *to is nil if it is
// NULL, or if q does not select the row. Rows that refer to the same row share it.
//
// It is the LEFT JOIN that is there only if somebody wants its columns: an if around it
// decides at run time. SQLite looks up each row that is referred to once, and each
// [Scalar] of every row: 10,000 rows that refer to 2,000 took 8 ms with three columns by
// ReadOne, 9 ms with one Scalar and 36 ms with three.
func ReadOne[F, P any, K comparable, S, R any](p *Projection[F], of *ToOne[F, P, K, S], q *Query[S, R], to **R) {
	if l := levelOf(&p.projection, routeOf[F, S](of), q); l != nil {
		l.one = append(l.one, to)
	}
}

// With is the short form of a [Select] that reads whole rows, and what one relation leads
// to from each; below may be a With itself. into says where both go in a row of the
// caller's.
//
//	posts := drey.With(&db.Posts.Query, db.PostToComments, &db.Comments.Query, func(to *post) (*db.Post, *[]db.Comment) { return &to.Post, &to.Comments })
//	users, err := drey.With(&db.Users.Query, db.UserToPosts, posts, func(to *user) (*db.User, *[]post) { return &to.User, &to.Posts }).All(ctx, c)
func With[F, P any, K comparable, S, R, N any](q *Query[F, P], of *ToMany[F, P, K, S], below *Query[S, R], into func(*N) (*P, *[]R)) *Query[F, N] {
	source := &Query[F, P]{scans: q.scans}
	if q.begin == nil {
		source.rel = q.rel
	}
	return Select(q, func(p *Projection[F], to *N) {
		row, many := into(to)
		ReadRow(p, source, row)
		ReadMany(p, of, below, many)
	})
}

// routeOf is the route of a relation, nil if it is not there.
func routeOf[F, S any](of Correlation[S, F]) *Route {
	m := of.matches(*new(S), *new(F))
	if m == nil {
		return nil
	}
	return m.route
}

// levelOf is the level that a row names next. It is nil before the first row.
func levelOf[S, R any](p *projection, route *Route, q *Query[S, R]) *related[S, R] {
	switch {
	case route == nil:
		p.fail(errNoRelation)
		return nil
	case p.want == nil:
		p.levels = append(p.levels, &related[S, R]{q: q, route: route})
		for i := range route.values {
			p.read(&route.values[i], nil)
		}
		return nil
	case p.tree == nil || p.at == len(p.tree.levels):
		p.fail(errOtherColumns)
		return nil
	}
	l, ok := p.tree.levels[p.at].(*related[S, R])
	if p.at++; !ok || l.route != route || !alike(l.q, q) {
		p.fail(errOtherColumns)
		return nil
	}
	l.keys = append(l.keys, make([]any, len(route.values))...)
	for i := range route.values {
		p.read(&route.values[i], &l.keys[len(l.keys)-len(route.values)+i])
	}
	return l
}

// alike reports whether both are one query, or narrow, order and bound alike.
func alike[S, R any](a, b *Query[S, R]) bool {
	return a == b || a != nil && b != nil && alikeClauses(&a.clauses, &b.clauses)
}

func alikeClauses[S any](a, b *clauses[S]) bool {
	if a.rel != b.rel || a.has != b.has || a.deleted != b.deleted || a.limit != b.limit || a.offset != b.offset || (a.made == nil) != (b.made == nil) {
		return false
	}
	if a.made.plain() && b.made.plain() && len(a.where)+len(a.order)+len(a.with)+len(a.native)+len(b.where)+len(b.order)+len(b.with)+len(b.native) == 0 {
		return true
	}
	one, shaped := appendShape(a, nil, numbered, modeCount)
	two, too := appendShape(b, nil, numbered, modeCount)
	if shaped && too {
		args, others := appendOrderArgs(a, appendArgs(a, nil, modeCount)), appendOrderArgs(b, appendArgs(b, nil, modeCount))
		return bytes.Equal(one, two) && reflect.DeepEqual(args, others)
	}
	text, args, err := textOfCount(a)
	other, others, e := textOfCount(b)
	return err == nil && e == nil && text == other && reflect.DeepEqual(args, others)
}

func textOfCount[S any](q *clauses[S]) (string, []any, error) {
	sel, err := selectionOf(q, modeRows)
	if err != nil {
		return "", nil, err
	}
	return sel.ToSql()
}

// tree is what a run of a query reads besides its rows.
type tree struct {
	levels []level
	depth  int   // of the rows
	batch  bool  // the run is in a batch
	rows   above // finds the rows in a batch
}

// level is the related rows of all rows of a query, without the types of either.
type level interface {
	// begin is the level for a run.
	begin() level
	// read reads the related rows of the first n rows, which from finds in a batch.
	read(ctx context.Context, c Conn, n, depth int, from above) error
}

// maxDepth bounds the levels of a tree, which a read function that reads its own table
// goes on with for as long as there are rows.
const maxDepth = 100

// grow is the tree of a run, nil if only rows are read.
func (m *projected) grow(s session, depth int) (*tree, error) {
	levels := m.levels()
	if len(levels) == 0 {
		return nil, nil
	}
	_, batch := s.(*taping)
	switch {
	case batch && depth >= maxBatchDepth:
		return nil, errBatchDepth
	case depth > maxDepth:
		return nil, errDepth
	}
	t := &tree{levels: make([]level, len(levels)), depth: depth, batch: batch}
	for i, l := range levels {
		t.levels[i] = l.begin()
	}
	return t, nil
}

// read reads the levels below the first n rows.
func (t *tree) read(ctx context.Context, c Conn, n int) error {
	if t == nil {
		return nil
	}
	for _, l := range t.levels {
		if err := l.read(ctx, c, n, t.depth+1, t.rows); err != nil {
			return err
		}
	}
	return nil
}

// root is the query of a run that reads a tree: which rows a limit leaves does not depend
// on how it is run, if the rows have a key. p is the page, if it is one.
//
//go:noinline
func root[S any](t *tree, q *clauses[S], which reading, p *page[S]) (*clauses[S], error) {
	if !t.batch && (q.has == 0 && which != readFirst || p != nil) {
		return q, nil
	}
	n := copied(q)
	switch {
	case p != nil: // in a total order, with one row more
		n.limit = int64(p.size)
	case which == readFirst && (n.has&hasLimit == 0 || n.limit > 1):
		n.limit, n.has = 1, n.has|hasLimit
	}
	if n.has != 0 && p == nil {
		key, err := totalKey(q)
		if err != nil && t.batch {
			return nil, failed(q.rel, fmt.Errorf("%w: %w", errBatchOrder, err))
		}
		var how direction
		if len(n.order) > 0 {
			how = n.order[len(n.order)-1].how & descending
		}
		for i := range key {
			if !slices.ContainsFunc(n.order, func(o Ordering[S]) bool { return equal(&o.on, &key[i]) }) {
				n.order = append(n.order, Ordering[S]{on: key[i], how: how})
			}
		}
	}
	if t.batch {
		t.rows = &rootRows[S]{n}
	}
	if p != nil {
		return q, nil
	}
	return &n, nil
}

// totalKey is what tells apart the rows that the query reads.
func totalKey[S any](q *clauses[S]) ([]operand, error) {
	if !q.made.distinct {
		return keyOf(q)
	}
	return q.made.reads(), nil
}

// levelIn says of a tree in a batch that its rows are those of a level.
func levelIn[S any](t *tree, q *clauses[S], p *Route, args []any, from above) error {
	if _, err := keyOf(q); err != nil && q.has != 0 {
		return fmt.Errorf("%w: %w", errBatchOrder, err)
	}
	if from == nil {
		from = knownKeys(args)
	}
	t.rows = &levelRows[S]{copied(q), p, from}
	return nil
}

// related is a level of rows of type R.
type related[S, R any] struct {
	q     *Query[S, R]
	route *Route
	keys  []any // of each row
	many  []*[]R
	one   []**R
}

func (l *related[S, R]) begin() level { return &related[S, R]{q: l.q, route: l.route} }

func (l *related[S, R]) read(ctx context.Context, c Conn, n, depth int, from above) error {
	width := len(l.route.Key)
	args, numbers, seen := distinctKeys(l.keys[:n*width], width)
	found, of, err := loadRelated(ctx, c, l.q, l.route, args, from, seen, depth)
	if err != nil {
		return err
	}
	if l.one != nil {
		share(l.one[:n], numbers, found, of, len(args)/width)
	}
	if l.many != nil {
		deal(l.many[:n], numbers, found, of, len(args)/width)
	}
	return nil
}

// share gives each row the one that belongs to the number of its key.
func share[R any](to []**R, numbers []int, found []R, of []int, keys int) {
	rows := make([]*R, keys)
	for i, n := range of {
		r := found[i]
		rows[n] = &r
	}
	for i, n := range numbers {
		if *to[i] = nil; n >= 0 {
			*to[i] = rows[n]
		}
	}
}

// deal gives each row those that belong to the number of its key, in their order.
func deal[R any](to []*[]R, numbers []int, found []R, of []int, keys int) {
	counts, rows, given := make([]int, keys), make([][]R, keys), make([]bool, keys)
	for _, n := range of {
		counts[n]++
	}
	for i, n := range of {
		if rows[n] == nil {
			rows[n] = make([]R, 0, counts[n])
		}
		rows[n] = append(rows[n], found[i])
	}
	for i, n := range numbers {
		switch {
		case n < 0 || rows[n] == nil:
			*to[i] = []R{}
		case given[n]: // to a row with an equal key
			*to[i] = slices.Clone(rows[n])
		default:
			*to[i], given[n] = rows[n], true
		}
	}
}

// distinctKeys are the keys, each of so many columns, without those that occur before.
// numbers are, for each key, the number of the one that equals it, -1 if it has a NULL;
// seen has the numbers of those that are left.
func distinctKeys(keys []any, width int) (args []any, numbers []int, seen map[any]int) {
	numbers = make([]int, len(keys)/width)
	seen = make(map[any]int, len(numbers))
	args = make([]any, 0, len(keys))
	for i := range numbers {
		key := keys[i*width : (i+1)*width]
		if slices.Contains(key, nil) {
			numbers[i] = -1
			continue
		}
		k := hashable(key)
		n, ok := seen[k]
		if !ok {
			n = len(seen)
			seen[k], args = n, append(args, key...)
		}
		numbers[i] = n
	}
	return args, numbers, seen
}

// hashable is a key as a map's, different for all values that differ.
func hashable(key []any) any {
	if len(key) == 1 {
		switch key[0].(type) {
		case int64, string:
			return key[0]
		}
	}
	var b []byte
	for _, v := range key {
		kind, number, text := byte('v'), uint64(0), ""
		switch v := v.(type) {
		case int64:
			kind, number = 'i', uint64(v)
		case float64:
			kind, number = 'f', math.Float64bits(v+0) // -0 is 0
		case string:
			kind, text = 't', v
		case []byte:
			kind, text = 'b', string(v)
		default:
			text = fmt.Sprintf("%T %v", v, v)
		}
		b = appendText(binary.BigEndian.AppendUint64(append(b, kind), number), text)
	}
	return [1]string{string(b)} // of another type than a text
}

var (
	errNotSource  = errors.New("ReadRow reads the row of a source, not of a query that has been narrowed or projected")
	errNoRelation = errors.New("a relation is a variable of the generated package, not nil")
	errNoTree     = errors.New("relations are read by All, One, First, Page, LoadOne and LoadMany alone")
	errDepth      = fmt.Errorf("a tree has at most %d levels: is there a circle among the rows?", maxDepth)
)
