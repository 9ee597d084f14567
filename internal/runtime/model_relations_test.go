package drey_test

import (
	"slices"

	drey "github.com/dreysql/drey/internal/runtime"
)

// linkRelation is a relation of the fixture's table to itself.
type linkRelation struct {
	to    drey.Correlation[inLinks, inLinks]
	route *drey.Route
	// times is how often child is related to parent, among all rows.
	times func(all []link, parent, child link) int
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
	{linkToUsers, linkToUsers.Route(), func(_ []link, parent, child link) int { return once(child.UserID == parent.ID) }},
	{linkToTitled, linkToTitled.Route(), func(_ []link, parent, child link) int {
		return once(parent.Title != nil && child.Title != nil && *parent.Title == *child.Title && child.UserID == parent.Clicks)
	}},
	{linkToLinks, linkToLinks.Route(), func(all []link, parent, child link) (n int) {
		for _, l := range all {
			n += once(l.UserID == parent.ID && l.Clicks == child.ID)
		}
		return n
	}},
	{linkToUser, linkToUser.Route(), func(_ []link, parent, child link) int { return once(parent.UserID == child.ID) }},
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
