package drey_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// A query source with places, parameters and a list, in the form in which drey
// generates it: a rank, a sum and counts of the links l, beside the number of the
// user's links, as others.

type rankedRow struct{ ID, UserID, Place, Total, Counted, Others int64 }

type inRanked struct{}

const rankedText = `SELECT l.id, l.user_id, RANK() OVER (PARTITION BY l.user_id ORDER BY l.clicks DESC),
	SUM(l.clicks) OVER (PARTITION BY l.user_id),
	COUNT(*) FILTER (WHERE /* drey:where l */ TRUE OR ?) OVER (),
	(SELECT COUNT(*) FROM links AS others WHERE others.user_id = l.user_id AND others.clicks >= ? AND TRUE)
FROM links AS l WHERE l.id > ? AND TRUE AND l.clicks IN (/*SLICE:clicks*/?)`

var rankedRelation = drey.Number(&drey.Relation{
	Name:    `"Ranked"`,
	Columns: []string{`"id"`, `"user_id"`, `"place"`, `"total"`, `"counted"`, `"others"`},
	With:    rankedText,
	Slices:  []string{"/*SLICE:clicks*/?"},
})

func rankedFields(r *rankedRow, to []any) []any {
	return append(to, &r.ID, &r.UserID, &r.Place, &r.Total, &r.Counted, &r.Others)
}

func rankedColumn(n uint16) *drey.NumberColumn[inRanked, int64] {
	return drey.NewNumberColumn[inRanked, int64](rankedRelation, n)
}

var ranked = struct {
	ID, UserID, Place, Total, Counted *drey.NumberColumn[inRanked, int64]
}{
	rankedColumn(0), rankedColumn(1), rankedColumn(2), rankedColumn(3), rankedColumn(4),
}

// rankedPlaces is where the TRUEs are.
var rankedPlaces = func() (at []int) {
	for i := range rankedText {
		if strings.HasPrefix(rankedText[i:], "TRUE") {
			at = append(at, i)
		}
	}
	return at
}()

func withRanked(every bool, others, id int64, clicks []int64) *drey.Query[inRanked, rankedRow] {
	return drey.NewQuery[inRanked](rankedRelation, rankedFields, drey.PlaceAt(rankedPlaces[0], `"l"`), every,
		others, drey.PlaceAt(rankedPlaces[1], `"others"`), id, drey.PlaceAt(rankedPlaces[2], `"l"`), drey.ListOf(clicks))
}

func whereLinks(p ...drey.Predicate[inLinks]) drey.Inner[inRanked] {
	return drey.NewInner[inRanked](`"l"`, p)
}

func whereOthers(p ...drey.Predicate[inLinks]) drey.Inner[inRanked] {
	return drey.NewInner[inRanked](`"others"`, p)
}

// ranks is the same in plain Go, of the model's rows.
func (m *model) ranks(every bool, others, id int64, clicks []int64, below, ofOthers []modelled) []rankedRow {
	read := slices.DeleteFunc(m.filter(below...), func(l link) bool { return l.ID <= id || !slices.Contains(clicks, l.Clicks) })
	counted := m.filter(ofOthers...)
	rows := []rankedRow{}
	for _, l := range read {
		r := rankedRow{ID: l.ID, UserID: l.UserID, Place: 1, Counted: int64(len(read))}
		for _, o := range read {
			if o.UserID == l.UserID {
				r.Total += o.Clicks
				if o.Clicks > l.Clicks {
					r.Place++
				}
			}
		}
		for _, o := range counted {
			if o.UserID == l.UserID && o.Clicks >= others {
				r.Others++
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// checkBelow asks for a random query with predicates below it and above.
func (m *model) checkBelow(t testing.TB, c *drey.Client) {
	ctx := context.Background()
	below := []modelled{m.predicate(3), m.predicate(1)}[:m.next(3)]
	ofOthers := []modelled{m.predicate(2)}[:m.next(2)]
	clicks := []int64{-1, 0, 1, 2}[m.next(2):][:1+m.next(3)]
	every, others, id, place := m.next(2) == 0, int64(m.next(3))-1, int64(m.next(5)), int64(1+m.next(3))
	q := withRanked(every, others, id, clicks).Where(ranked.Place.Lte(place))
	for _, p := range below {
		q = q.Below(whereLinks(p.predicate))
	}
	for _, p := range ofOthers {
		q = q.Below(drey.Inner[inRanked]{}, whereOthers(p.predicate, drey.Predicate[inLinks]{}))
	}
	want := slices.DeleteFunc(m.ranks(every, others, id, clicks, below, ofOthers), func(r rankedRow) bool { return r.Place > place })
	slices.SortFunc(want, func(a, b rankedRow) int { return int(a.ID - b.ID) })
	failed := func(what string, err error, diff string) {
		t.Helper()
		text, args, _ := q.ToSql()
		t.Fatalf("%s\n%v\n%s: %v (-want +got):\n%s", text, args, what, err, diff)
	}
	got, err := q.OrderBy(ranked.ID.Asc()).All(ctx, c)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		failed("rows", err, diff)
	}
	switch m.next(4) {
	case 0:
		n, err := q.Count(ctx, c)
		if err != nil || n != int64(len(want)) {
			failed("Count", err, fmt.Sprint(n))
		}
	case 1:
		counts, err := drey.CountBy(q, ranked.UserID).OrderBy(drey.Key(ranked.UserID).Asc()).All(ctx, c)
		model := []drey.Counted[int64]{}
		for _, r := range want {
			i := slices.IndexFunc(model, func(c drey.Counted[int64]) bool { return c.Value == r.UserID })
			if i < 0 {
				i, model = len(model), append(model, drey.Counted[int64]{Value: r.UserID})
			}
			model[i].Count++
		}
		slices.SortFunc(model, func(a, b drey.Counted[int64]) int { return compareOrdered(a.Value, b.Value) })
		if diff := cmp.Diff(model, counts); err != nil || diff != "" {
			failed("CountBy", err, diff)
		}
	case 2:
		found, err := links.Where(drey.InQuery(links.ID, q, ranked.ID)).OrderBy(links.ID.Asc()).All(ctx, c)
		var list []int64
		for _, r := range want {
			list = append(list, r.ID)
		}
		if err != nil || !slices.Equal(ids(found), list) {
			failed("InQuery", err, cmp.Diff(list, ids(found)))
		}
	case 3:
		pages := []rankedRow{}
		keyed := drey.Keyed(q, ranked.ID).OrderBy(ranked.Place.Desc())
		for cursor, more := "", true; more; more = cursor != "" {
			page, err := keyed.Page(ctx, c, cursor, 1+m.next(5))
			if err != nil {
				failed("Page", err, "")
			}
			pages, cursor = append(pages, page.Rows...), page.Next
		}
		slices.SortStableFunc(want, func(a, b rankedRow) int { // the key descends with the last order
			if a.Place != b.Place {
				return int(b.Place - a.Place)
			}
			return int(b.ID - a.ID)
		})
		if diff := cmp.Diff(want, pages); diff != "" {
			failed("pages", nil, diff)
		}
	}
}

// Random predicates below a window and an aggregate, and above them.
func TestModelBelow(t *testing.T) {
	n := max(modelChecks()/4, 1_000)
	c := openFixture(t, 0)
	r := rand.New(rand.NewPCG(17, 3))
	for range n / 500 {
		m := newModel(r.IntN)
		m.load(t, c)
		for range 500 {
			m.checkBelow(t, c)
		}
	}
}

func FuzzModelBelow(f *testing.F) {
	f.Add([]byte("rows, and predicates below a query over them and above"))
	c := openFixture(f, 0)
	f.Fuzz(func(t *testing.T, data []byte) {
		choose := &choices{data}
		m := newModel(choose.next)
		m.load(t, c)
		m.checkBelow(t, c)
	})
}

func TestBelowSQL(t *testing.T) {
	q := withRanked(false, 7, 8, []int64{1, 2})
	text, args, err := q.Where(ranked.Place.Lte(3)).
		Below(whereLinks(links.Title.IsNotNull(), drey.Or(links.UserID.Eq(4), links.UserID.Eq(5)))).
		Below(whereOthers(drey.Exists(links.Where(links.Slug.Eq("x")), drey.On(links.Clicks, links.ID)))).
		Below(whereLinks(links.Score.Gt(0.5))).
		ToSql()
	const want = `WITH "Ranked" ("id", "user_id", "place", "total", "counted", "others") AS (
SELECT l.id, l.user_id, RANK() OVER (PARTITION BY l.user_id ORDER BY l.clicks DESC),
	SUM(l.clicks) OVER (PARTITION BY l.user_id),
	COUNT(*) FILTER (WHERE /* drey:where l */ ("l"."title" IS NOT NULL AND ("l"."user_id" = ? OR "l"."user_id" = ?) AND "l"."score" > ?) OR ?) OVER (),
	(SELECT COUNT(*) FROM links AS others WHERE others.user_id = l.user_id AND others.clicks >= ? AND (EXISTS (SELECT 1 FROM (SELECT "clicks" FROM "links" WHERE "slug" = ?) AS "query's rows" WHERE "query's rows"."clicks" = "others"."id")))
FROM links AS l WHERE l.id > ? AND ("l"."title" IS NOT NULL AND ("l"."user_id" = ? OR "l"."user_id" = ?) AND "l"."score" > ?) AND l.clicks IN (?,?)
) SELECT "id", "user_id", "place", "total", "counted", "others" FROM "Ranked" WHERE "place" <= ?`
	if err != nil || text != want {
		t.Errorf("got %s, %v\nwant %s", text, err, want)
	}
	if diff := cmp.Diff([]any{int64(4), int64(5), 0.5, false, int64(7), "x", int64(8), int64(4), int64(5), 0.5, int64(1), int64(2), int64(3)}, args); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	// The query that it was made of is as it was, and absent predicates are TRUE.
	if plain, args, err := q.Below(whereLinks(), whereOthers(drey.And[inLinks]())).ToSql(); err != nil || !strings.Contains(plain, strings.Replace(rankedText, "/*SLICE:clicks*/?", "?,?", 1)) || len(args) != 5 {
		t.Errorf("without predicates: %s, %v, %v", plain, args, err)
	}
}

// What cannot be right is an error, and nothing is left out in silence.
func TestBelowRefused(t *testing.T) {
	c, ctx := openFixture(t, 3), context.Background()
	q := withRanked(true, 0, 0, []int64{0, 1, 2})
	for name, q := range map[string]*drey.Query[inRanked, rankedRow]{
		"cannot stand in another query": q.Below(whereLinks(drey.Native(&links.Query, drey.And[inLinks](links.ID.Eq(1))))),
		"say it with column handles":    q.Below(whereOthers(drey.Expr[int64](&links.Query, "id").Gt(1))),
		drey.ErrEmptyOr.Error():         q.Below(whereLinks(drey.Or[inLinks]())),
		"From reads another":            drey.From(q.Below(whereLinks(links.ID.Eq(1))), links.Where()),
		"no place for these predicates": q.Below(drey.NewInner[inRanked](`"nosuch"`, []drey.Predicate[inLinks]{links.ID.Eq(1)})),
		"before it is in a set":         drey.Union(q, q).Below(whereLinks(links.ID.Eq(1))),
		"a Query is made from a source": new(drey.Query[inRanked, rankedRow]).Below(whereLinks(links.ID.Eq(1))),
	} {
		if _, err := q.All(ctx, c); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %s", err, name)
		}
		if _, err := q.Count(ctx, c); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("Count: %v, want %s", err, name)
		}
	}
	// In a query of a predicate, text is of that query alone.
	native := links.Where(drey.Native(&links.Query, links.ID.Eq(1)))
	rows, err := q.Below(whereLinks(drey.InQuery(links.ID, native, links.ID))).All(ctx, c)
	if err != nil || len(rows) != 1 || rows[0].ID != 1 {
		t.Errorf("a nested query with text: %v, %v", rows, err)
	}
	if rows, err := drey.From(q.Below(whereLinks()), q).All(ctx, c); err != nil || len(rows) != 3 {
		t.Errorf("From without predicates below: %v, %v", rows, err)
	}
}

// What is made of a query has what is below it, each its own.
func TestBelowInOthers(t *testing.T) {
	c, ctx := openFixture(t, 9), context.Background()
	q := withRanked(true, 0, 0, []int64{0, 1, 2, 3, 4, 5, 6})
	of := func(ids ...int64) *drey.Query[inRanked, rankedRow] { return q.Below(whereLinks(links.ID.In(ids...))) }
	for name, test := range map[string]struct {
		query *drey.Query[inRanked, rankedRow]
		want  []int64
	}{
		"Union":     {drey.Union(of(1, 2), of(2, 3, 4), of(5)).OrderBy(ranked.ID.Asc()), []int64{1, 2, 2, 3, 4, 5}}, // the 2 has two counts
		"Except":    {drey.Except(of(1, 2), of(2, 3).Where(ranked.ID.Gt(2))).OrderBy(ranked.ID.Asc()), []int64{1, 2}},
		"Intersect": {drey.Intersect(of(1, 2), of(2, 1)).OrderBy(ranked.ID.Asc()), []int64{1, 2}},
		"Distinct":  {of(4, 5).Distinct().Where(ranked.Counted.Eq(2)).OrderBy(ranked.ID.Desc()), []int64{5, 4}},
		"a subquery": {q.Below(whereLinks(drey.InQuery(links.ID, of(7, 8), ranked.ID))).
			Where(drey.InQuery(ranked.ID, of(8, 9), ranked.ID)), []int64{8}},
	} {
		rows, err := test.query.All(ctx, c)
		got := []int64{}
		for _, r := range rows {
			got = append(got, r.ID)
		}
		if err != nil || !slices.Equal(got, test.want) {
			text, args, _ := test.query.ToSql()
			t.Errorf("%s: %v, %v, want %v\n%s\n%v", name, got, err, test.want, text, args)
		}
		if n, err := test.query.Count(ctx, c); err != nil || int(n) != len(test.want) {
			t.Errorf("%s: Count is %d, %v", name, n, err)
		}
	}
}

// A cursor belongs to the predicates below it, with their values and places.
func TestBelowCursor(t *testing.T) {
	c, ctx := openFixture(t, 30), context.Background()
	q := drey.Keyed(withRanked(true, 0, 0, []int64{0, 1, 2, 3, 4, 5, 6}), ranked.ID)
	of := func(in ...drey.Inner[inRanked]) *drey.Query[inRanked, rankedRow] { return q.Below(in...) }
	native := drey.InQuery(links.ID, links.Where(drey.Native(&links.Query, links.ID.Gt(0))), links.ID)
	queries := []*drey.Query[inRanked, rankedRow]{
		q, of(whereLinks(links.ID.Gt(0))), of(whereLinks(links.ID.Gt(-1))), of(whereLinks(links.Clicks.Gt(-1))),
		of(whereOthers(links.ID.Gt(0))), of(whereLinks(links.ID.Gt(0)), whereOthers(links.ID.Gt(0))), of(whereLinks(native)),
	}
	for i, q := range queries {
		page, err := q.Page(ctx, c, "", 2)
		if err != nil || page.Next == "" {
			t.Fatalf("query %d: %+v, %v", i, page, err)
		}
		for j, other := range queries {
			if _, err := other.Page(ctx, c, page.Next, 2); (err == nil) != (i == j) || err != nil && !errors.Is(err, drey.ErrCursor) {
				t.Errorf("query %d with the cursor of %d: %v", j, i, err)
			}
		}
	}
}

// Equal shapes have equal SQL, and what a shape binds is what squirrel rendered.
func TestBelowShapes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	keys := map[string]string{}
	data := make([]byte, 30)
	for range 10_000 {
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		choose := &choices{data}
		q := withRanked(true, 1, 2, make([]int64, choose.next(3)))
		for range choose.next(3) {
			q = q.Below([]func(...drey.Predicate[inLinks]) drey.Inner[inRanked]{whereLinks, whereOthers}[choose.next(2)](choose.predicate(2)))
		}
		text, want, err := drey.Rendered(q, drey.ModeRows)
		key, ok := drey.ShapeOf(q, drey.ModeRows)
		if err != nil { // it is never kept
			continue
		}
		if !ok {
			t.Fatalf("without a shape: %s", text)
		}
		if old, ok := keys[string(key)]; ok && old != text {
			t.Fatalf("one shape, %x, for\n%s\nand\n%s", key, old, text)
		}
		keys[string(key)] = text
		if args := drey.ArgsOf(q, drey.ModeRows); !cmp.Equal(args, want) {
			t.Fatalf("%s\nbinds %v, but squirrel rendered %v", text, args, want)
		}
	}
	if len(keys) < 3_000 {
		t.Errorf("only %d shapes were tried", len(keys))
	}
}
