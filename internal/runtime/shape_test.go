package runtime

import (
	"context"
	"math/rand/v2"
	"testing"

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
func (c *choices) predicate(depth int) Predicate[inLinks] {
	if depth > 0 && len(c.data) > 0 && c.next(3) == 0 {
		kids := make([]Predicate[inLinks], c.next(4))
		for i := range kids {
			kids[i] = c.predicate(depth - 1)
		}
		switch c.next(3) {
		case 0:
			return And(kids...)
		case 1:
			return Or(kids...)
		}
		return Not(And(kids...))
	}
	v := int64(c.next(5))
	ints := []*NumberColumn[inLinks, int64]{links.ID, links.UserID, links.Clicks}
	i := ints[c.next(len(ints))]
	texts := []struct {
		CommonOperators[inLinks, string]
		TextOperators[inLinks]
	}{{links.Slug.CommonOperators, links.Slug.TextOperators}, {links.Title.CommonOperators, links.Title.TextOperators}}
	s := texts[c.next(len(texts))]
	if depth > 0 && c.next(8) == 0 {
		return c.subquery(depth - 1)
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
		return Opt(nil, i.Eq)
	}
	return links.Created.Gt(UnixTime{})
}

// subquery is a predicate with a query of the same table inside.
func (c *choices) subquery(depth int) Predicate[inLinks] {
	inner := links.Where(c.predicate(depth), c.predicate(0))
	if c.next(3) == 0 {
		inner = inner.OrderBy(links.ID.Desc()).Limit(c.next(3))
	}
	switch c.next(5) {
	case 0:
		return InQuery(links.ID, inner, links.UserID)
	case 1:
		return NotInQuery(links.Slug, inner, links.Title)
	case 2:
		return Exists[inLinks](inner)
	case 3:
		return Exists(inner, On(links.UserID, links.ID))
	}
	return Exists(inner, On(links.Title, links.Slug), On(links.Clicks, links.Clicks))
}

func (c *choices) query() *Query[inLinks, link] {
	q := links.Where()
	for range c.next(4) {
		q = q.Where(c.predicate(3))
	}
	columns := []*NumberColumn[inLinks, int64]{links.ID, links.UserID, links.Clicks}
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

// check renders the query in every mode. Equal shapes must have equal SQL, and
// the values that a known shape binds must be those that squirrel rendered.
func (seen shapes) check(t *testing.T, q *Query[inLinks, link]) {
	t.Helper()
	for m := modeRows; m <= modeCountBy; m++ {
		of := []uint16{uint16(m) % 3, 3, 4}[:1+len(q.order)%3]
		sel, err := selectionOf(&q.clauses, m, of...)
		if err != nil {
			t.Fatal(err)
		}
		text, want, err := sel.ToSql()
		key, ok := appendShape(&q.clauses, nil, m, of...)
		if ok != (err == nil) {
			t.Fatalf("shaped: %v, rendered: %v", ok, err)
		}
		if !ok {
			continue
		}
		if old, ok := seen[string(key)]; ok && old != text {
			t.Fatalf("one shape, %x, for\n%s\nand\n%s", key, old, text)
		}
		seen[string(key)] = text
		if args := appendArgs(&q.clauses, nil); len(args)+len(want) > 0 && !cmp.Equal(args, want) {
			t.Fatalf("%s\nbinds %v, but squirrel rendered %v", text, args, want)
		}
	}
}

// routes are relations of every kind: by one column, by two, through a table.
var routes = []*route{
	{id: 1, width: 1, on: `"links"."user_id" = ` + parentName + "." + parentColumn(0)},
	{id: 2, width: 2, on: `"links"."user_id" = ` + parentName + "." + parentColumn(0) + ` AND "links"."slug" = ` + parentName + "." + parentColumn(1)},
	{id: 3, width: 1, on: `"links"."id" = ` + parentName + "." + parentColumn(0),
		through: `"links"`, far: `"links"."clicks" AS ` + parentColumn(0), near: `"links"."user_id" = ` + parentName + "." + parentColumn(0)},
}

// checkRelated is check for what relations render, beside the other queries,
// and has SQLite prepare it.
func (seen shapes) checkRelated(t *testing.T, c *Client, q *Query[inLinks, link], p *route, keys int) {
	t.Helper()
	all := make([]any, keys*p.width)
	for i := range all {
		all[i] = int64(i)
	}
	all = p.filledUp(all)
	key, args, shaped := relatedShape(&q.clauses, p, all)
	sel := selected(&q.clauses, modeRelated)
	text, want, err := sel.related(p, all).ToSql()
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
		seen.check(t, q)
		if i%4 == 0 {
			seen.checkRelated(t, c, q, routes[r.IntN(len(routes))], 1+r.IntN(9))
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
		seen.check(t, (&choices{a}).query())
		seen.check(t, (&choices{b}).query())
	})
}
