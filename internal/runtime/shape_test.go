package drey_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// choices makes decisions from the bytes of a fuzzer, or from random ones.
type choices struct{ data []byte }

func (c *choices) next(n int) int {
	if len(c.data) == 0 {
		return 0
	}
	b := c.data[0]
	c.data = c.data[1:]
	return int(b) % n
}

// predicate is any predicate, valid or not.
func (c *choices) predicate(depth int) drey.Predicate[inLinks] {
	if depth > 0 && len(c.data) > 0 && c.next(3) == 0 {
		kids := make([]drey.Predicate[inLinks], c.next(4))
		for i := range kids {
			kids[i] = c.predicate(depth - 1)
		}
		switch c.next(3) {
		case 0:
			return drey.And(kids...)
		case 1:
			return drey.Or(kids...)
		}
		return drey.Not(drey.And(kids...))
	}
	v := int64(c.next(5))
	ints := []*drey.NumberColumn[inLinks, int64]{links.ID, links.UserID, links.Clicks}
	i := ints[c.next(len(ints))]
	texts := []struct {
		drey.CommonOperators[inLinks, string]
		drey.TextOperators[inLinks]
	}{{links.Slug.CommonOperators, links.Slug.TextOperators}, {links.Title.CommonOperators, links.Title.TextOperators}}
	s := texts[c.next(len(texts))]
	if depth > 0 && c.next(8) == 0 {
		return c.subquery(depth - 1)
	}
	if depth > 0 && c.next(3) == 0 {
		return c.expression(depth - 1).Gt(v)
	}
	switch c.next(17) {
	case 0:
		return i.Eq(v)
	case 1:
		return i.NotEq(v)
	case 2:
		return i.Gt(v)
	case 3:
		return i.Gte(v)
	case 4:
		return i.Lt(v)
	case 5:
		return i.Lte(v)
	case 6:
		return i.Between(v, v+2)
	case 7:
		return i.In(make([]int64, c.next(4))...)
	case 8:
		return i.NotIn(make([]int64, c.next(4))...)
	case 9:
		return links.Score.IsNull()
	case 10:
		return links.Title.IsNotNull()
	case 11:
		return s.Like("%1")
	case 12:
		return s.Contains("_")
	case 13:
		return s.HasPrefix("slug")
	case 14:
		return s.In([]string{"a", "b"}[:c.next(3)]...)
	case 15:
		return drey.Opt(nil, i.Eq)
	}
	return links.Created.Gt(drey.UnixTime{})
}

// expression is any expression on integers.
func (c *choices) expression(depth int) drey.Expression[inLinks, int64, int64] {
	if depth <= 0 || len(c.data) == 0 {
		return drey.Of([]*drey.NumberColumn[inLinks, int64]{links.ID, links.UserID, links.Clicks}[c.next(3)], int64(c.next(3)))
	}
	a, b := c.expression(depth-1), c.expression(depth-2)
	text := drey.Collate(links.Slug, []drey.Collation{drey.NoCase, drey.RTrim, drey.Binary}[c.next(3)])
	switch c.next(14) {
	case 0:
		return drey.Plus(a, b)
	case 1:
		return drey.Minus(a, links.Clicks)
	case 2:
		return drey.NotNull(drey.Over(links.Clicks, b))
	case 3:
		return drey.Coalesce(drey.NullIf(a, 3), 4)
	case 4:
		return drey.Length(drey.Substr(text, 1, 3))
	case 5:
		return drey.Choose(c.predicate(depth-1), a, b)
	case 6:
		return drey.When(c.predicate(depth-1), int64(1)).When(c.predicate(depth-2), 2).Else(3)
	case 7:
		return drey.NotNull(drey.When(c.predicate(depth-1), int64(1)).End())
	case 8:
		return raws[c.next(2)]
	case 9:
		return drey.NotNull(drey.JSONPath[int64](text, []string{"$.a", "$.b", "a", "$.'", "$"}[c.next(5)]))
	case 10:
		return drey.CountOf(links.Where(c.predicate(depth-1)), drey.On(a, b))
	case 11:
		return drey.NotNull(drey.Scalar(a, links.Where(c.predicate(depth-1)).OrderBy(b.Desc(), text.Asc()), drey.On(links.ID, b)))
	case 12:
		return drey.NotNull(drey.Scalar[inLinks](a, links.OrderBy(b.Asc().NullsLast())))
	}
	return drey.Part(drey.Truncate(links.Created, []drey.Unit{drey.Year, drey.Day, drey.Second}[c.next(3)]), []drey.Unit{drey.Week, drey.Hour}[c.next(2)])
}

// subquery is a predicate with a query of the same table inside.
func (c *choices) subquery(depth int) drey.Predicate[inLinks] {
	inner := links.Where(c.predicate(depth), c.predicate(0))
	if c.next(3) == 0 {
		inner = inner.OrderBy(links.ID.Desc()).Limit(c.next(3))
	}
	switch c.next(7) {
	case 0:
		return drey.InQuery(links.ID, inner, links.UserID)
	case 1:
		return drey.NotInQuery(links.Slug, inner, links.Title)
	case 2:
		return drey.Exists[inLinks](inner)
	case 3:
		return drey.Exists(inner, drey.On(links.UserID, links.ID))
	case 4:
		return drey.Exists(inner, linkRelations[c.next(len(linkRelations))].to)
	case 5:
		return drey.CountOf(inner, linkRelations[c.next(len(linkRelations))].to, drey.On(links.Clicks, links.ID)).Eq(1)
	}
	return drey.Exists(inner, drey.On(links.Title, links.Slug), drey.On(links.Clicks, links.Clicks))
}

// projection is any projection of the rows of a query, which reads relations.
func (c *choices) projection(q *drey.Query[inLinks, link]) *drey.Query[inLinks, linkNode] {
	e, levels := c.expression(2), make([]linkRelation, c.next(3))
	for i := range levels {
		levels[i] = linkRelations[c.next(3)]
	}
	return drey.Select(q, func(p *drey.Projection[inLinks], to *linkNode) {
		drey.ReadInto(p, e, &to.ID)
		for i, l := range levels {
			l.many(p, drey.Select(&links.Query, func(*drey.Projection[inLinks], *linkNode) {}), &to.Many[i])
		}
	})
}

func (c *choices) query() *drey.Query[inLinks, link] {
	q := links.Where()
	for range c.next(4) {
		q = q.Where(c.predicate(3))
	}
	columns := []*drey.NumberColumn[inLinks, int64]{links.ID, links.UserID, links.Clicks}
	for range c.next(3) {
		o := columns[c.next(len(columns))].Asc()
		if c.next(2) == 0 {
			o = columns[c.next(len(columns))].Desc()
		}
		switch c.next(3) {
		case 0:
			o = o.NullsFirst()
		case 1:
			o = o.NullsLast()
		}
		q = q.OrderBy(o)
	}
	if c.next(2) == 0 {
		q = q.Limit(c.next(4))
	}
	if c.next(3) == 0 {
		q = q.Offset(c.next(4))
	}
	return q
}

// shapes remembers the SQL of every shape it has seen.
type shapes map[string]string

// check renders the query in every mode, of a number of columns. Equal shapes must have equal SQL, and
// the values that a known shape binds must be those that squirrel rendered.
func (seen shapes) check(t *testing.T, q *drey.Query[inLinks, link], columns int) {
	t.Helper()
	for m := drey.ModeRows; m <= drey.ModeMatched; m++ {
		checkMode(t, seen, q, m, []uint16{uint16(m) % 3, 3, 4}[:1+columns%3]...)
	}
}

func checkMode[S, R any](t *testing.T, seen shapes, q *drey.Query[S, R], m drey.Mode, of ...uint16) {
	t.Helper()
	text, want, err := drey.Rendered(q, m, of...)
	key, ok := drey.ShapeOf(q, m, of...)
	if errors.Is(err, drey.ErrNotRead) { // which the shape alone says, or the caller's text
		text = err.Error()
		if !ok {
			return
		}
	} else if ok != (err == nil) {
		t.Fatalf("shaped: %v, rendered: %v\n%s", ok, err, text)
	}
	if !ok {
		return
	}
	if old, ok := seen[string(key)]; ok && old != text {
		t.Fatalf("one shape, %x, for\n%s\nand\n%s", key, old, text)
	}
	seen[string(key)] = text
	if err != nil {
		return
	}
	if args := drey.ArgsOf(q, m); len(args)+len(want) > 0 && !cmp.Equal(args, want) {
		t.Fatalf("%s\nbinds %v, but squirrel rendered %v", text, args, want)
	}
}

// groups are any groups of the rows of a query.
func (c *choices) groups(q *drey.Query[inLinks, link]) *drey.Query[inGroups, int64] {
	on := c.expression(1)
	keys := []drey.AnyHandle[inLinks]{on, links.Title, links.UserID}[:c.next(4)]
	measures := []drey.Measure[inLinks, int64, int64]{
		rowsOfLinks, drey.Count(links.Title), drey.Sum(c.expression(1)), drey.CountDistinct(c.expression(1)),
	}
	measure := func() drey.Handle[inGroups, int64, int64] {
		m := measures[c.next(len(measures))]
		if c.next(2) == 0 {
			m = m.Filter(c.predicate(1))
		}
		switch c.next(4) {
		case 0:
			return drey.Plus(m, measures[c.next(len(measures))])
		case 1:
			return drey.Of(m, 2)
		}
		return m
	}
	reads := []drey.Handle[inGroups, int64, int64]{measure(), measure()}[:1+c.next(2)]
	if len(keys) > 0 {
		reads = append(reads, drey.Key(on))
	}
	groups := drey.Select(drey.GroupBy(q, keys...), func(p *drey.Projection[inGroups], to *int64) {
		for _, h := range reads {
			drey.ReadInto(p, h, to)
		}
	})
	if c.next(2) == 0 {
		groups = groups.Where(drey.Gt(measure(), reads[0]))
	}
	if len(keys) > 1 && c.next(2) == 0 {
		groups = groups.Where(drey.IsNull(drey.Key(links.Title)))
	}
	if c.next(2) == 0 {
		groups = groups.OrderBy(drey.NotNull(drey.NullIf(measure(), 1)).Desc())
	}
	if c.next(3) == 0 {
		groups = groups.Limit(c.next(3))
	}
	return groups
}

// set is any set of such queries.
func (c *choices) set(q *drey.Query[inLinks, link]) *drey.Query[inLinks, link] {
	other := c.query()
	switch c.next(6) {
	case 0:
		q = drey.Union(q, other)
	case 1:
		q = drey.UnionAll(q, other, c.query())
	case 2:
		q = drey.Intersect(q, other)
	case 3:
		q = drey.Except(q, other)
	case 4:
		q = drey.Except(q, drey.NewQuery[inLinks](linksRelation, linkFields).Limit(c.next(3)))
	}
	if c.next(3) == 0 {
		q = drey.Union(other, q)
	}
	q = q.Where(c.predicate(1))
	if c.next(2) == 0 {
		q = q.OrderBy(c.expression(0).Asc()).Limit(2)
	}
	return q
}

// projected is any projection of a query, distinct or a set of two.
func (c *choices) projected(q *drey.Query[inLinks, link]) *drey.Query[inLinks, int64] {
	e := c.expression(1)
	on := []drey.Handle[inLinks, int64, int64]{e, links.ID, c.expression(0), links.Clicks}[c.next(3):][:1+c.next(2)]
	read := func(p *drey.Projection[inLinks], to *int64) {
		for _, h := range on {
			drey.ReadInto(p, h, to)
		}
	}
	n := drey.Select(q, read)
	if c.next(2) == 0 {
		n = n.Distinct()
	}
	if c.next(2) == 0 {
		n = drey.Union(n, drey.Select(c.query(), read))
	}
	if c.next(3) == 0 {
		n = n.Distinct()
	}
	if c.next(2) == 0 {
		n = n.OrderBy([]drey.Ordering[inLinks]{c.expression(0).Asc(), drey.Of(links.ID, 3).Desc(), links.ID.Desc()}[c.next(3)])
	}
	return n
}

// checkRelated is check for what relations render, beside the other queries,
// and has SQLite prepare it.
func checkRelated[R any](t *testing.T, seen shapes, c *drey.Client, q *drey.Query[inLinks, R], p *drey.Route, keys int) {
	t.Helper()
	all := make([]any, keys*len(p.Key))
	for i := range all {
		all[i] = int64(i)
	}
	all = p.FilledUp(all)
	key, args, shaped := drey.RelatedShape(q, p, all)
	text, want, err := drey.RenderedRelated(q, p, all)
	if shaped != (err == nil) {
		t.Fatalf("shaped: %v, rendered: %v", shaped, err)
	}
	if !shaped {
		return
	}
	key = key[1:] // the mark that the other keys here do not have
	if old, ok := seen[string(key)]; ok && old != text {
		t.Fatalf("one shape, %x, for\n%s\nand\n%s", key, old, text)
	}
	if seen[string(key)] == "" {
		stmt, err := c.PrepareContext(context.Background(), text)
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		if err := stmt.Close(); err != nil {
			t.Fatal(err)
		}
	}
	seen[string(key)] = text
	if !cmp.Equal(args, want) {
		t.Fatalf("%s\nbinds %v, but squirrel rendered %v", text, args, want)
	}
}

func TestEqualShapesHaveEqualSQL(t *testing.T) {
	c := openFixture(t, 0)
	seen := shapes{}
	r := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 40)
	for i := range 20_000 {
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		q := (&choices{data}).query()
		seen.check(t, q, i)
		groups := (&choices{data[len(data)/2:]}).groups(q)
		for m := drey.ModeRows; m <= drey.ModeExists; m++ {
			checkMode(t, seen, groups, m)
		}
		if i%5 == 0 {
			projected := (&choices{data[:len(data)/2]}).projected(q)
			for m := drey.ModeRows; m <= drey.ModeMatched; m++ {
				checkMode(t, seen, projected, m, 0, 4)
			}
			q = (&choices{data[len(data)/3:]}).set(q)
			seen.check(t, q, i)
		}
		if i%4 == 0 {
			route := linkRelations[r.IntN(len(linkRelations))].route
			if i%8 == 0 {
				checkRelated(t, seen, c, q, route, 1+r.IntN(9))
			} else {
				checkRelated(t, seen, c, (&choices{data[len(data)/2:]}).projection(q), route, 1+r.IntN(9))
			}
		}
	}
	if len(seen) < 10_000 {
		t.Errorf("only %d shapes were tried", len(seen))
	}
}

func FuzzShape(f *testing.F) {
	f.Add([]byte("a shape"), []byte("another shape"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		seen := shapes{}
		seen.check(t, (&choices{a}).query(), len(a))
		seen.check(t, (&choices{b}).set((&choices{a}).query()), len(b))
		seen.check(t, (&choices{a}).set((&choices{b}).query()), len(a))
	})
}

var raws = []drey.Expression[inLinks, int64, int64]{
	drey.NotNull(drey.Expr[int64](&links.Query, "id + ?", 1)),
	drey.NotNull(drey.Expr[int64](&links.Query, "id")),
}
