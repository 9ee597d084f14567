package drey

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/Masterminds/squirrel"
)

// Grouped marks what belongs to the groups of source S: a [Measure] of a group's rows,
// or a [Key] that they have in common.
type Grouped[S any] struct{}

// GroupBy is the query for the groups of a query's rows that have equal keys: columns
// or expressions, which may be chosen at run time. Without keys all of the rows are
// one group, even if there are none.
//
// [Select] says what is read of the groups. What narrows q is below the aggregates, in
// WHERE; what narrows the groups is above them, in HAVING. If q has a Limit, the groups
// are those of the rows within it.
//
//	visits := drey.CountRows[db.ClicksSource]()
//	countries := drey.GroupBy(db.Clicks.Where(db.Clicks.IsBot.Eq(false)), db.Clicks.Country)
//	found, err := drey.Select(countries, func(p *drey.Projection[drey.Grouped[db.ClicksSource]], to *visited) {
//		drey.ReadInto(p, drey.Key(db.Clicks.Country), &to.Country)
//		drey.ReadInto(p, visits, &to.Visits)
//	}).Where(visits.Gte(2)).OrderBy(visits.Desc()).Limit(10).All(ctx, c)
func GroupBy[S, R any](q *Query[S, R], keys ...AnyHandle[S]) *Query[Grouped[S], struct{}] {
	g := &grouping{keys: make([]operand, len(keys))}
	for i, key := range keys {
		g.keys[i] = *key.place().on
	}
	below := &lower[S]{*settled(&q.clauses, modeColumns)}
	if below.q.has == 0 {
		below.q.order = nil
	}
	g.set = below.q.made.from()
	below.q.made, below.q.key = below.q.made.rows(), nil
	g.below = below
	n := &Query[Grouped[S], struct{}]{scans: scans[struct{}]{fields: func(_ *struct{}, to []any) []any { return to }}}
	n.rel, n.with, n.native, n.wide = q.rel, below.q.with, q.native, q.wide
	n.made = &projected{read: &readings{of: []operand{broken(errNoColumns)}}, groups: g}
	if q.made.grouped() != nil {
		n.made.read.of[0], g.failure = broken(errGroupsOfGroups), errGroupsOfGroups
	}
	return n
}

// Key is a key of the groups, in what is read of them, and in their predicates and
// orders. A handle that [GroupBy] did not get is an error when the query runs.
func Key[S, T, V any](h Handle[S, T, V]) Expression[Grouped[S], T, V] {
	return expressed[Grouped[S], T, V](h.place().on.key())
}

// key is the operand as a key of groups.
func (o *operand) key() *operand { return o.with(&key{*o}, o.nullable()) }

// CountBy counts the rows for each value of a column or an expression: [GroupBy] of
// that key, in its short form.
//
//	top := drey.CountBy(&db.Clicks.Query, db.Clicks.Country).OrderBy(drey.CountRows[db.ClicksSource]().Desc()).Limit(10)
//	countries, err := top.All(ctx, c)
func CountBy[S, R, T, V any](q *Query[S, R], key Handle[S, T, V]) *Query[Grouped[S], Counted[V]] {
	of, n := Key(key), CountRows[S]()
	return Select(GroupBy(q, key), func(p *Projection[Grouped[S]], to *Counted[V]) {
		ReadInto(p, of, &to.Value)
		ReadInto(p, n, &to.Count)
	})
}

// Counted is a value, and the number of rows that have it.
type Counted[V any] struct {
	Value V
	Count int64
}

// Aggregate is the measure of all rows of the query, those within its limit.
//
//	total, err := drey.Aggregate(ctx, c, query, drey.Sum(db.Links.ClickCount))
func Aggregate[S, R, T, V any](ctx context.Context, c Conn, q *Query[S, R], m Measure[S, T, V]) (V, error) {
	values, err := Pluck(ctx, c, GroupBy(q), m)
	if err != nil || len(values) == 0 { // without an error, in the first call of a batch's step
		return *new(V), err
	}
	return values[0], nil
}

// grouping is what groups are made of.
type grouping struct {
	below   rows
	set     *set // what below reads in place of the relation, nil if nothing is
	keys    []operand
	failure error
}

// rows are a query for the rows of groups, without its source's type.
type rows interface {
	// shape and bound return what its SQL depends on, and its values, without those of
	// its WITH.
	shape(by naming) ([]byte, bool)
	bound() []any
	selected() selection
}

// lower is the query of source S for the rows of groups.
type lower[S any] struct{ q clauses[S] }

func (l *lower[S]) shape(by naming) ([]byte, bool) {
	return appendShape(&l.q, nil, by, modeRows)
}

func (l *lower[S]) bound() []any {
	return appendBounds(&l.q, appendOrderArgs(&l.q, appendWhereArgs(&l.q, l.q.made.appendFrom(nil))))
}

func (l *lower[S]) selected() selection { return selected(&l.q, modeRows) }

// own are the keys, as the groups have them.
func (g *grouping) own() []operand {
	list := make([]operand, len(g.keys))
	for i := range g.keys {
		list[i] = *g.keys[i].key()
	}
	return list
}

// appendShape appends what the groups' SQL depends on.
func (g *grouping) appendShape(key []byte, by naming) ([]byte, bool) {
	if g.failure != nil {
		return key, false
	}
	shape, ok := g.below.shape(by)
	key = binary.AppendUvarint(append(key, shape...), uint64(len(g.keys)))
	for i := range g.keys {
		if !ok {
			return key, false
		}
		key, ok = g.keys[i].appendShape(key, by)
	}
	return key, ok
}

// appendArgs appends what is bound between the columns of the groups and their HAVING.
func (g *grouping) appendArgs(args []any) []any {
	args = append(args, g.below.bound()...)
	for i := range g.keys {
		args = g.keys[i].appendArgs(args)
	}
	return args
}

// grouped adds the rows below the groups, and GROUP BY and HAVING.
func (s *selection) grouped(sel squirrel.SelectBuilder) squirrel.SelectBuilder {
	below := s.groups.below.selected()
	if below.limit < 0 || below.offset < 0 {
		return sel.Where(node{op: opError, vals: [2]any{ErrNegativeLimit}})
	}
	if below.has == 0 {
		sel = below.from(sel)
	} else {
		sel = sel.FromSelect(below.rows(), s.rel.Name)
	}
	before := "GROUP BY "
	for i := range s.groups.keys {
		sel = sel.SuffixExpr(squirrel.ConcatExpr(before, part{&s.groups.keys[i], s.in}))
		before = ", "
	}
	if len(s.where) > 0 {
		sel = sel.SuffixExpr(squirrel.ConcatExpr("HAVING ", conjunction[squirrel.And](s.where, s.in)))
	}
	return sel
}

// single are columns of groups such that without keys there is one row: an aggregate
// function has to be among them.
func (g *grouping) single(of []operand) []operand {
	if g == nil || len(g.keys) > 0 || slices.ContainsFunc(of, aggregates) {
		return of
	}
	list := slices.Clone(of)
	counts := node{op: opTerm, vals: [2]any{&raw{text: "count(*) >= 0"}}}
	list[0] = operand{ex: &expression{term: &call{fn: fnCase, of: []operand{condition(&counts), of[0]}}}}
	return list
}

// bind reports whether a key has values. Then a shape does not tell whether it is one of
// the groups.
func (g *grouping) bind() bool {
	return g != nil && slices.ContainsFunc(g.keys, func(k operand) bool { return k.ex != nil && len(k.ex.keeps().args) > 0 })
}

// check returns an error if a key is in the statement that the groups do not have.
func (s *selection) check() error {
	if s.groups.failure != nil {
		return s.groups.failure
	}
	var err error
	each := func(t term) {
		k, ok := t.(*key)
		if ok && !slices.ContainsFunc(s.groups.keys, func(of operand) bool { return equal(&of, &k.on) }) {
			err = fmt.Errorf("%w: %s", errNotKey, k.on.name())
		}
	}
	for _, of := range [][]operand{s.reads, s.of, s.orders} {
		for i := range of {
			of[i].walk(each)
		}
	}
	for i := range s.where {
		s.where[i].walk(each)
	}
	return err
}

// aggregates reports whether an aggregate function is in the operand.
func aggregates(o operand) bool {
	found := false
	o.walk(func(t term) {
		c, ok := t.(*call)
		found = found || ok && c.fn.aggregates()
	})
	return found
}

// key is a key of groups, as a term.
type key struct{ on operand }

func (k *key) render(in scope) (string, []any, error) { return k.on.render(in) }
func (k *key) shape(by naming) ([]byte, bool)         { return k.on.appendShape([]byte{termKey}, by) }
func (k *key) bound() []any                           { return k.on.bound() }
func (k *key) source() *Relation                      { return k.on.source() }
func (k *key) nested() bool                           { return k.on.nested() }
func (k *key) walk(func(term))                        {}

var (
	errNotKey         = errors.New("it is not a key of the groups")
	errGroupsOfGroups = errors.New("groups have no groups")
)
