package drey_test

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	gocmp "github.com/google/go-cmp/cmp"
)

// combining is a set operation, with its meaning for rows that are told apart by a key.
type combining struct {
	unites func(a, b *drey.Query[inLinks, link], more ...*drey.Query[inLinks, link]) *drey.Query[inLinks, link]
	reads  func(a, b *drey.Query[inLinks, couple], more ...*drey.Query[inLinks, couple]) *drey.Query[inLinks, couple]
	all    bool // with each row as often as it is there
	keeps  func(inA, inB bool) bool
}

var combinings = []combining{
	{drey.Union[inLinks, inLinks, link], drey.Union[inLinks, inLinks, couple], false, func(inA, inB bool) bool { return inA || inB }},
	{drey.UnionAll[inLinks, inLinks, link], drey.UnionAll[inLinks, inLinks, couple], true, nil},
	{drey.Intersect[inLinks, inLinks, link], drey.Intersect[inLinks, inLinks, couple], false, func(inA, inB bool) bool { return inA && inB }},
	{drey.Except[inLinks, inLinks, link], drey.Except[inLinks, inLinks, couple], false, func(inA, inB bool) bool { return inA && !inB }},
}

// combined are the rows of a set.
func combined[R any, K comparable](o combining, a, b []R, key func(R) K) []R {
	both := slices.Concat(a, b)
	if o.all {
		return both
	}
	inA, inB, seen := map[K]bool{}, map[K]bool{}, map[K]bool{}
	for _, r := range a {
		inA[key(r)] = true
	}
	for _, r := range b {
		inB[key(r)] = true
	}
	return slices.DeleteFunc(both, func(r R) bool {
		k := key(r)
		again := seen[k]
		seen[k] = true
		return again || !o.keeps(inA[k], inB[k])
	})
}

func idOf(l link) int64 { return l.ID }

// set is a random query of sets, with its rows in any order. repeats says that they may
// be there several times.
func (m *model) set(depth int) (q *drey.Query[inLinks, link], rows []link, repeats bool) {
	if depth == 0 || depth == 1 && m.next(4) == 0 {
		q, rows = m.query()
		return q, slices.Clone(rows), false
	}
	o := combinings[m.next(len(combinings))]
	a, rows, _ := m.set(depth - 1)
	b, others, _ := m.set(depth - 1)
	var more []*drey.Query[inLinks, link]
	rows = combined(o, rows, others, idOf)
	if m.next(3) == 0 {
		c, third, _ := m.set(0)
		more, rows = append(more, c), combined(o, rows, third, idOf)
	}
	q = o.unites(a, b, more...)
	if m.next(2) == 0 {
		p := m.predicate(2)
		q = q.Where(p.predicate)
		rows = slices.DeleteFunc(rows, func(l link) bool { return p.holds != nil && p.holds(l) != yes })
	}
	return q, rows, o.all
}

// sets checks a random query of sets.
func (m *model) sets(t testing.TB, c *drey.Client) {
	ctx := context.Background()
	q, want, repeats := m.set(2)
	orders := m.order()
	slices.SortStableFunc(want, func(a, b link) int {
		for _, o := range orders {
			if c := o.compare(a, b); c != 0 {
				return c
			}
		}
		return 0
	})
	for _, o := range orders {
		q = q.OrderBy(o.ordering)
	}
	n, err := q.Count(ctx, c)
	same(t, q, "Count", n, int64(len(want)), err)
	if !repeats && m.next(3) == 0 {
		rows, err := paged(ctx, c, q, 1+m.next(4))
		same(t, q, "Page", ids(rows), ids(want), err)
	}
	sum, err := drey.Aggregate(ctx, c, q, drey.Sum(links.Clicks))
	var clicks int64
	for _, l := range want {
		clicks += l.Clicks
	}
	same(t, q, "Sum", sum, clicks, err)
	matches, err := links.Where(drey.InQuery(links.ID, q, links.ID)).Count(ctx, c)
	same(t, q, "InQuery", matches, int64(len(combined(combinings[0], want, nil, idOf))), err)
	total := int64(len(want))
	if m.next(2) == 0 {
		from, n := m.next(4), m.next(6)
		q, want = q.Offset(from).Limit(n), want[min(from, len(want)):]
		want = want[:min(n, len(want))]
	}
	rows, counted, err := drey.AllAndCount(ctx, c, q)
	same(t, q, "AllAndCount", []any{ids(rows), counted}, []any{ids(want), total}, err)
	rows, err = q.All(ctx, c)
	same(t, q, "All", ids(rows), ids(want), err)
}

// couple is a projected row.
type couple struct {
	Text   sql.Null[string]
	Number sql.Null[int64]
}

func compareCouples(a, b couple) int {
	return cmp.Or(compareNull(a.Text, b.Text, strings.Compare), -compareNull(a.Number, b.Number, compareOrdered[int64]))
}

// distinct checks the distinct rows of a random projection, and sets of two.
func (m *model) distinct(t testing.TB, c *drey.Client) {
	ctx := context.Background()
	text, number := m.texts(1), m.integers(1)
	projection := func() (*drey.Query[inLinks, couple], []couple) {
		q, rows := m.query()
		pairs := make([]couple, len(rows))
		for i, l := range rows {
			pairs[i].Text = nullable(text.of(l))
			if n := number.of(l); n != nil {
				pairs[i].Number = some(*n)
			}
		}
		return drey.Select(q, func(p *drey.Projection[inLinks], to *couple) {
			drey.ReadInto(p, text.e, &to.Text)
			drey.ReadInto(p, number.e, &to.Number)
		}), pairs
	}
	once := func(pairs []couple) []couple {
		return combined(combinings[0], pairs, nil, func(p couple) couple { return p })
	}
	var q *drey.Query[inLinks, couple]
	var want []couple
	repeats := false
	if m.next(2) == 0 {
		where := m.predicate(2)
		rows := m.filter(where)
		for _, l := range rows {
			p := couple{Text: nullable(text.of(l))}
			if n := number.of(l); n != nil {
				p.Number = some(*n)
			}
			want = append(want, p)
		}
		q = drey.Select(links.Distinct().Where(where.predicate), func(p *drey.Projection[inLinks], to *couple) {
			drey.ReadInto(p, text.e, &to.Text)
			drey.ReadInto(p, number.e, &to.Number)
		})
		want = once(want)
	} else {
		o := combinings[m.next(len(combinings))]
		a, rows := projection()
		b, others := projection()
		q, want, repeats = o.reads(a, b), combined(o, rows, others, func(p couple) couple { return p }), o.all
		if o.all && m.next(2) == 0 {
			q, want, repeats = q.Distinct(), once(want), false
		}
	}
	q = q.OrderBy(text.e.Asc(), number.e.Desc())
	slices.SortFunc(want, compareCouples)
	n, err := q.Count(ctx, c)
	same(t, q, "Count", n, int64(len(want)), err)
	if !repeats && m.next(2) == 0 {
		rows, err := paged(ctx, c, q, 1+m.next(4))
		same(t, q, "Page", rows, append([]couple{}, want...), err)
	}
	total := int64(len(want))
	if m.next(2) == 0 {
		from, n := m.next(4), m.next(6)
		q, want = q.Offset(from).Limit(n), want[min(from, len(want)):]
		want = want[:min(n, len(want))]
		n2, err := q.Count(ctx, c)
		same(t, q, "Count within bounds", n2, int64(len(want)), err)
	}
	rows, counted, err := drey.AllAndCount(ctx, c, q)
	same(t, q, "AllAndCount", append([]couple{}, rows...), append([]couple{}, want...), err)
	same(t, q, "its count", counted, total, nil)
}

func same[S, R any](t testing.TB, q *drey.Query[S, R], what string, got, want any, err error) {
	t.Helper()
	if err != nil || !gocmp.Equal(got, want) {
		text, args, _ := q.ToSql()
		t.Fatalf("%s\n%v\n%s: %v (-want +got):\n%s", text, args, what, err, gocmp.Diff(want, got))
	}
}

// paged are the rows of all pages.
func paged[S, R any](ctx context.Context, c *drey.Client, q *drey.Query[S, R], size int) ([]R, error) {
	rows := []R{}
	for cursor := ""; ; {
		page, err := q.Page(ctx, c, cursor, size)
		if err != nil {
			return rows, err
		}
		rows = append(rows, page.Rows...)
		if cursor = page.Next; cursor == "" {
			return rows, nil
		}
	}
}
