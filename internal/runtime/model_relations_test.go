package drey_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// linkRelation is a relation of the fixture's table to itself.
type linkRelation struct {
	to    drey.Correlation[inLinks, inLinks]
	route *drey.Route
	// times is how often child is related to parent, among all rows.
	times func(all []link, parent, child link) int
	// many or one reads it.
	many func(*drey.Projection[inLinks], *drey.Query[inLinks, linkNode], *[]linkNode)
	one  func(*drey.Projection[inLinks], *drey.Query[inLinks, linkNode], **linkNode)
}

func linkMany[K comparable](to *drey.ToMany[inLinks, link, K, inLinks], times func(all []link, parent, child link) int) linkRelation {
	return linkRelation{to, to.Route(), times, func(p *drey.Projection[inLinks], q *drey.Query[inLinks, linkNode], into *[]linkNode) {
		drey.ReadMany(p, to, q, into)
	}, nil}
}

// pair is a key of two columns.
type pair struct {
	number int64
	text   string
}

// The relations of the fixture's table are of every kind: by one column, by two of which
// one may be NULL, through a table, and the other way.
var (
	linkToUsers = drey.NewToMany[inLinks, inLinks](&drey.Route{From: linksRelation, Key: []uint16{0}, To: linksRelation, Columns: []uint16{1}},
		func(l *link, to []any) (int64, []any, bool) { return l.ID, append(to, l.ID), true })
	linkToTitled = drey.NewToMany[inLinks, inLinks](&drey.Route{From: linksRelation, Key: []uint16{4, 3}, To: linksRelation, Columns: []uint16{1, 3}},
		func(l *link, to []any) (k pair, args []any, ok bool) {
			if l.Title == nil {
				return k, to, false
			}
			return pair{l.Clicks, *l.Title}, append(to, l.Clicks, *l.Title), true
		})
	linkToLinks = drey.NewToMany[inLinks, inLinks](&drey.Route{
		From: linksRelation, Key: []uint16{0}, To: linksRelation, Columns: []uint16{0},
		Through: `"links"`, Near: []string{`"user_id"`}, Far: []string{`"clicks"`},
	}, func(l *link, to []any) (int64, []any, bool) { return l.ID, append(to, l.ID), true })
	linkToUser = drey.NewToOne[inLinks, inLinks](&drey.Route{From: linksRelation, Key: []uint16{1}, To: linksRelation, Columns: []uint16{0}},
		func(l *link, to []any) (int64, []any, bool) { return l.UserID, append(to, l.UserID), true })
)

func once(related bool) int {
	if related {
		return 1
	}
	return 0
}

var linkRelations = []linkRelation{
	linkMany(linkToUsers, func(_ []link, parent, child link) int { return once(child.UserID == parent.ID) }),
	linkMany(linkToTitled, func(_ []link, parent, child link) int {
		return once(parent.Title != nil && child.Title != nil && *parent.Title == *child.Title && child.UserID == parent.Clicks)
	}),
	linkMany(linkToLinks, func(all []link, parent, child link) (n int) {
		for _, l := range all {
			n += once(l.UserID == parent.ID && l.Clicks == child.ID)
		}
		return n
	}),
	{
		to: linkToUser, route: linkToUser.Route(),
		times: func(_ []link, parent, child link) int { return once(parent.UserID == child.ID) },
		one: func(p *drey.Projection[inLinks], q *drey.Query[inLinks, linkNode], into **linkNode) {
			drey.ReadOne(p, linkToUser, q, into)
		},
	},
}

// of are the related rows among those of found, each as often as it is related.
func (r linkRelation) of(all, found []link, parent link) (related []link) {
	for _, child := range found {
		for range r.times(all, parent, child) {
			related = append(related, child)
		}
	}
	return related
}

// relation is a predicate by the rows of q, which finds found, that are related to a row.
func (m *model) relation(q *drey.Query[inLinks, link], found []link) modelled {
	r := linkRelations[m.next(len(linkRelations))]
	if m.next(2) == 0 {
		return modelled{drey.Exists(q, r.to), func(l link) truth { return is(len(r.of(m.rows, found, l)) > 0) }}
	}
	other := linkRelations[m.next(len(linkRelations))]
	return modelled{drey.Exists(q, r.to, other.to), func(l link) truth {
		return is(slices.ContainsFunc(r.of(m.rows, found, l), func(f link) bool { return other.times(m.rows, l, f) > 0 }))
	}}
}

// relatives is the number of related rows, or a value of the first of them.
func (m *model) relatives(depth int) computing[int64] {
	r, p := linkRelations[m.next(len(linkRelations))], m.condition(depth)
	q, found := links.Where(p.predicate), m.filter(p)
	if m.next(2) == 0 {
		return computingOf(drey.CountOf(q, r.to), func(l link) int64 { return int64(len(r.of(m.rows, found, l))) })
	}
	slices.SortFunc(found, func(a, b link) int { return -compareOrdered(a.ID, b.ID) })
	return computing[int64]{drey.Scalar(links.Clicks, q.OrderBy(links.ID.Desc()), r.to), func(l link) *int64 {
		related := r.of(m.rows, found, l)
		if len(related) == 0 {
			return nil
		}
		return &related[0].Clicks
	}}
}

// linkNode is a row with what is below it, up to two levels of each kind.
type linkNode struct {
	ID     int64
	Number sql.Null[int64]
	Many   [2][]linkNode
	One    [2]*linkNode
}

// tree is a random query for trees, and what they are for the rows among which it is asked.
func (m *model) tree(depth int) (q *drey.Query[inLinks, linkNode], grow func([]link) []linkNode) {
	where, orders, number := m.condition(1), m.order(), m.integers(1)
	type below struct {
		linkRelation
		q    *drey.Query[inLinks, linkNode]
		grow func([]link) []linkNode
	}
	var levels []below
	for range min(m.next(3), depth) {
		l := below{linkRelation: linkRelations[m.next(len(linkRelations))]}
		l.q, l.grow = m.tree(depth - 1)
		levels = append(levels, l)
	}
	offset, limit := m.next(3)-1, m.next(6)-2
	q = drey.Select(links.Where(where.predicate), func(p *drey.Projection[inLinks], to *linkNode) {
		drey.ReadInto(p, links.ID, &to.ID)
		drey.ReadInto(p, number.e, &to.Number)
		for i, l := range levels {
			if l.many != nil {
				l.many(p, l.q, &to.Many[i])
			} else {
				l.one(p, l.q, &to.One[i])
			}
		}
	})
	for _, o := range orders {
		q = q.OrderBy(o.ordering)
	}
	if offset >= 0 {
		q = q.Offset(offset)
	}
	if limit >= 0 {
		q = q.Limit(limit)
	}
	return q, func(among []link) []linkNode {
		found := slices.DeleteFunc(slices.Clone(among), func(l link) bool { return where.holds(l) != yes })
		slices.SortStableFunc(found, func(a, b link) int {
			for _, o := range orders {
				if c := o.compare(a, b); c != 0 {
					return c
				}
			}
			return 0
		})
		if offset >= 0 {
			found = found[min(offset, len(found)):]
		}
		if limit >= 0 {
			found = found[:min(limit, len(found))]
		}
		nodes := make([]linkNode, len(found))
		for i, l := range found {
			nodes[i].ID = l.ID
			if n := number.of(l); n != nil {
				nodes[i].Number = sql.Null[int64]{V: *n, Valid: true}
			}
			for at, level := range levels {
				below := level.grow(level.of(m.rows, m.rows, l))
				if level.many != nil {
					nodes[i].Many[at] = below
				} else if len(below) > 0 {
					nodes[i].One[at] = &below[0]
				}
			}
		}
		return nodes
	}
}

// grows compares random trees, and those of some rows.
func (m *model) grows(t testing.TB, c *drey.Client) {
	ctx := context.Background()
	q, grow := m.tree(3)
	got, err := q.All(ctx, c)
	if diff := cmp.Diff(grow(m.rows), got); diff != "" || err != nil {
		text, args, _ := q.ToSql()
		t.Fatalf("%s\n%v\n%v (-want +got):\n%s", text, args, err, diff)
	}
	loaded, err := drey.LoadMany(ctx, c, m.rows, linkToUsers, q)
	want := map[int64][]linkNode{}
	for _, l := range m.rows {
		if below := grow(linkRelations[0].of(m.rows, m.rows, l)); len(below) > 0 {
			want[l.ID] = below
		}
	}
	if diff := cmp.Diff(want, loaded); diff != "" || err != nil {
		text, args, _ := q.ToSql()
		t.Fatalf("below each: %s\n%v\n%v (-want +got):\n%s", text, args, err, diff)
	}
	m.growsInBatch(t, c)
}

// growsInBatch compares random trees in a batch with those outside of it, also where their
// orders leave ties.
func (m *model) growsInBatch(t testing.TB, c *drey.Client) {
	ctx := context.Background()
	m.ties = m.next(2) == 0
	q, _ := m.tree(3)
	m.ties = false
	paged, size, cursor := q, 1+m.next(5), ""
	text, _, _ := q.ToSql()
	if strings.Contains(text, "LIMIT") {
		paged = nil
	} else if page, err := q.Page(ctx, c, "", size); err != nil {
		t.Fatal(err)
	} else if m.next(2) == 0 {
		cursor = page.Next
	}
	type found struct {
		All    []linkNode
		First  linkNode
		Page   drey.PageOf[linkNode]
		Loaded map[int64][]linkNode
	}
	var b drey.Batch
	grow := func(tx drey.Conn) (f found, err error) {
		if f.All, err = q.All(ctx, tx); err != nil {
			return f, err
		}
		if f.Loaded, err = drey.LoadMany(ctx, tx, m.rows, linkToUsers, q); err != nil {
			return f, err
		}
		if paged != nil {
			p, err := paged.Page(ctx, tx, cursor, size)
			if err != nil {
				return f, err
			}
			f.Page = *p
		}
		if f.First, err = q.First(ctx, tx); err == sql.ErrNoRows {
			err = nil
		}
		return f, err
	}
	want, err := grow(c)
	if err != nil {
		t.Fatal(err)
	}
	inBatch := drey.InBatch(&b, func(tx *drey.Tx) (found, error) { return grow(tx) })
	if err := b.Run(ctx, c); err != nil {
		text, args, _ := q.ToSql()
		t.Fatalf("%s\n%v\nin a batch: %v", text, args, err)
	}
	got, err := inBatch()
	for _, f := range []*found{&want, &got} { // ties are in whatever order
		byID(f.All)
		byID([]linkNode{f.First})
		byID(f.Page.Rows)
		for _, nodes := range f.Loaded {
			byID(nodes)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		text, args, _ := q.ToSql()
		t.Fatalf("%s\n%v\nin a batch: %v (-outside +inside):\n%s", text, args, err, diff)
	}
}

// byID sorts nodes, and those below them.
func byID(nodes []linkNode) {
	slices.SortStableFunc(nodes, func(a, b linkNode) int { return compareOrdered(a.ID, b.ID) })
	for _, n := range nodes {
		for _, many := range n.Many {
			byID(many)
		}
		for _, one := range n.One {
			if one != nil {
				byID([]linkNode{*one})
			}
		}
	}
}
