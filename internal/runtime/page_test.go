package drey_test

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

// pages walks from a page to the last one and back to the first, and returns
// the rows of both ways in the query's order.
func pages(t testing.TB, c *drey.Client, q *drey.Query[inLinks, link], size int) (there, back []link) {
	t.Helper()
	ctx := context.Background()
	var last *drey.PageOf[link]
	for cursor, n := "", 0; ; n++ {
		p, err := q.Page(ctx, c, cursor, size)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Rows) > size || len(p.Rows) == 0 && n > 0 || (p.Prev == "") != (n == 0) {
			t.Fatalf("page %d has %d rows of %d, and the one before is %q", n, len(p.Rows), size, p.Prev)
		}
		there = append(there, p.Rows...)
		if last = p; p.Next == "" {
			break
		}
		cursor = p.Next
	}
	back = slices.Clone(last.Rows)
	for cursor := last.Prev; cursor != ""; {
		p, err := q.Page(ctx, c, cursor, size)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Rows) == 0 || p.Next == "" {
			t.Fatalf("a page before another has %d rows, and the next is %q", len(p.Rows), p.Next)
		}
		back = append(slices.Clone(p.Rows), back...)
		cursor = p.Prev
	}
	return there, back
}

// Pages of any order have the rows of the whole query, there and back.
func TestPages(t *testing.T) {
	c := openFixture(t, 0)
	r := rand.New(rand.NewPCG(3, 1))
	for range 300 {
		m := newModel(r.IntN)
		m.load(t, c)
		for range 5 {
			where := m.predicate(2)
			orders := m.order()
			q, want := links.Where(where.predicate), m.filter(where)
			byID := orders[len(orders)-1]
			orders = orders[:len(orders)-1]
			tie := 1
			for _, o := range orders {
				q = q.OrderBy(o.ordering)
				if tie = 1; o.descends {
					tie = -1
				}
			}
			if m.next(3) == 0 { // the key may be ordered by, too
				q, tie = q.OrderBy(byID.ordering), byID.compare(link{ID: 2}, link{ID: 1})
			}
			slices.SortFunc(want, func(a, b link) int {
				for _, o := range orders {
					if c := o.compare(a, b); c != 0 {
						return c
					}
				}
				return tie * int(a.ID-b.ID)
			})
			there, back := pages(t, c, q, 1+m.next(7))
			if !slices.Equal(ids(there), ids(want)) || !slices.Equal(ids(back), ids(want)) {
				text, args, _ := q.ToSql()
				t.Fatalf("%s\n%v\nthere %v\nback  %v\nwant  %v", text, args, ids(there), ids(back), ids(want))
			}
		}
	}
}

// While other rows come and go, every row that is there all the time is seen
// once, both ways.
func TestPagesAreStable(t *testing.T) {
	c, ctx := openFixture(t, 0), context.Background()
	r := rand.New(rand.NewPCG(5, 1))
	for round := range 100 {
		m := newModel(r.IntN)
		m.alone = true // or the rows that come and go would change its place
		m.load(t, c)
		q := links.Where()
		for _, o := range m.order()[:] {
			q = q.OrderBy(o.ordering)
		}
		stays := ids(m.rows)
		churn := func() {
			if _, err := links.Delete().Where(links.ID.Gte(1000)).Exec(ctx, c); err != nil {
				t.Fatal(err)
			}
			for i := range r.IntN(8) {
				row := m.rows[r.IntN(len(m.rows))]
				row.ID, row.Slug = int64(1000+r.IntN(1000)*10+i), fmt.Sprint("churn", round, r.Int())
				if _, err := links.Insert().Exec(ctx, c, row); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, back := range []bool{false, true} {
			var seen []int64
			cursor := ""
			if back { // from the end
				p, err := q.Page(ctx, c, "", 1)
				for err == nil && p.Next != "" {
					p, err = q.Page(ctx, c, p.Next, 5)
				}
				if err != nil {
					t.Fatal(err)
				}
				cursor, seen = p.Prev, ids(p.Rows)
			}
			for first := true; first && !back || cursor != ""; first = false {
				churn()
				p, err := q.Page(ctx, c, cursor, 1+r.IntN(4))
				if err != nil {
					t.Fatal(err)
				}
				seen = append(seen, ids(p.Rows)...)
				if cursor = p.Next; back {
					cursor = p.Prev
				}
			}
			seen = slices.DeleteFunc(seen, func(id int64) bool { return id >= 1000 })
			slices.Sort(seen)
			if !slices.Equal(seen, stays) {
				t.Fatalf("round %d, back %v: saw %v of %v", round, back, seen, stays)
			}
		}
	}
}

// A page that has become empty leads back to where it was.
func TestEmptyPage(t *testing.T) {
	c, ctx := openFixture(t, 6), context.Background()
	first, err := links.OrderBy(links.Slug.Desc()).Page(ctx, c, "", 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := links.Delete().Where(links.ID.Lte(3)).Exec(ctx, c); err != nil {
		t.Fatal(err)
	}
	empty, err := links.OrderBy(links.Slug.Desc()).Page(ctx, c, first.Next, 3)
	if err != nil || empty.Rows == nil || len(empty.Rows) != 0 || empty.Next != "" {
		t.Fatal(empty, err)
	}
	again, err := links.OrderBy(links.Slug.Desc()).Page(ctx, c, empty.Prev, 3)
	if diff := cmp.Diff(ids(first.Rows), ids(again.Rows)); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// Values come back from a cursor as they went in.
func TestCursorValues(t *testing.T) {
	values := []any{
		nil, int64(math.MaxInt64), int64(math.MinInt64), int64(1<<53 + 1), 0.1, math.Copysign(0, -1), math.Inf(1), 5e-324,
		"", "a\x00b", "\xff\xfe", "'; DROP TABLE links", []byte{}, []byte{0, 255},
	}
	kind, got, ok := drey.DecodeCursor(drey.EncodeCursor(drey.Backward, []byte("q"), values), []byte("q"), len(values))
	if diff := cmp.Diff(values, got); !ok || kind != drey.Backward || diff != "" {
		t.Errorf("%v, %v\n%s", kind, ok, diff)
	}
	if got[5].(float64) != 0 || !math.Signbit(got[5].(float64)) {
		t.Errorf("-0 became %v", got[5])
	}
}

// A text that is not a cursor of the query is an error before SQL runs.
func TestForeignCursors(t *testing.T) {
	c, ctx := openFixture(t, 9), context.Background()
	q := links.Where(links.Clicks.Gte(1)).OrderBy(links.Slug.Desc())
	p, err := q.Page(ctx, c, "", 2)
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]*drey.Query[inLinks, link]{
		"another value":     links.Where(links.Clicks.Gte(2)).OrderBy(links.Slug.Desc()),
		"another operator":  links.Where(links.Clicks.Gt(1)).OrderBy(links.Slug.Desc()),
		"another order":     links.Where(links.Clicks.Gte(1)).OrderBy(links.Slug.Asc()),
		"another column":    links.Where(links.Clicks.Gte(1)).OrderBy(links.Clicks.Desc()),
		"one more":          q.Where(links.ID.Gt(0)),
		"no predicate":      links.OrderBy(links.Slug.Desc()),
		"another key":       drey.Keyed(q, links.Slug),
		"a query of no row": q.Where(links.ID.In()),
	} {
		if _, err := other.Page(ctx, c, p.Next, 2); !errors.Is(err, drey.ErrCursor) {
			t.Errorf("%s: %v", name, err)
		}
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Next)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for _, flip := range []byte{1, 0x80} {
			raw[i] ^= flip
			if _, err := q.Page(ctx, c, base64.RawURLEncoding.EncodeToString(raw), 2); !errors.Is(err, drey.ErrCursor) {
				t.Errorf("byte %d: %v", i, err)
			}
			raw[i] ^= flip
		}
	}
	for _, cursor := range []string{"x", p.Next[1:], p.Next[:len(p.Next)-1], p.Next + "A", "é", strings.Repeat("A", 1<<16)} {
		if _, err := q.Page(ctx, c, cursor, 2); !errors.Is(err, drey.ErrCursor) {
			t.Errorf("%.20q: %v", cursor, err)
		}
	}
	for name, test := range map[string]struct {
		q    *drey.Query[inLinks, link]
		size int
		want error
	}{
		"no size":    {q, 0, drey.ErrPageSize},
		"a huge one": {q, drey.MaxPage + 1, drey.ErrPageSize},
		"a limit":    {q.Limit(5), 5, drey.ErrPageLimit},
		"an offset":  {q.Offset(5), 5, drey.ErrPageLimit},
	} {
		if _, err := test.q.Page(ctx, c, "", test.size); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A query source does not have a key, except the one that it is given.
func TestPagesOfQuery(t *testing.T) {
	c, ctx := openFixture(t, 70), context.Background()
	q := withPopular(3, []int64{1, 2, 3}).OrderBy(popular.Popular.Desc(), popular.Note.Asc())
	if _, err := q.Page(ctx, c, "", 2); !errors.Is(err, drey.ErrNoKey) {
		t.Errorf("without a key: %v", err)
	}
	want, err := q.OrderBy(popular.ID.Asc()).All(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	var got []popularRow
	for cursor, more := "", true; more; more = cursor != "" {
		p, err := drey.Keyed(q, popular.ID).Page(ctx, c, cursor, 4)
		if err != nil {
			t.Fatal(err)
		}
		got, cursor = append(got, p.Rows...), p.Next
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 15 {
		t.Errorf("%d rows (-want +got):\n%s", len(want), diff)
	}
}

// A key with a NULL tells no rows apart: it is refused by its type, and by the
// row where the type does not say.
func TestPagesByNullKey(t *testing.T) {
	c, ctx := openFixture(t, 9), context.Background()
	if _, err := drey.Keyed(links.Where(), links.Slug, links.Title).Page(ctx, c, "", 2); !errors.Is(err, drey.ErrNoKey) {
		t.Errorf("a nullable handle: %v", err)
	}
	hidden := drey.NewTextColumn[inLinks](linksRelation, 3) // title, as if it had a value always
	if _, err := drey.Keyed(links.Where(), hidden).Page(ctx, c, "", 2); !errors.Is(err, drey.ErrNoKey) {
		t.Errorf("a NULL in a row: %v", err)
	}
}

// The order's own collation counts on both sides.
func TestPagesByCollation(t *testing.T) {
	c, ctx := openFixture(t, 0), context.Background()
	if _, err := c.ExecContext(ctx, `ALTER TABLE links RENAME TO plain;
		CREATE TABLE links (id INTEGER PRIMARY KEY, user_id INTEGER, slug TEXT COLLATE NOCASE, title TEXT COLLATE NOCASE, clicks INTEGER, score REAL, created INTEGER)`); err != nil {
		t.Fatal(err)
	}
	m := newModel(rand.New(rand.NewPCG(9, 9)).IntN)
	for i := range 40 {
		m.rows = append(m.rows, link{ID: int64(500 + i), Slug: modelTexts[i%len(modelTexts)], Title: &modelTexts[i%len(modelTexts)]})
	}
	m.load(t, c)
	for _, o := range []struct{ by, tie drey.Ordering[inLinks] }{
		{links.Slug.Asc(), links.ID.Asc()}, {links.Title.Desc(), links.ID.Desc()}, {links.Title.Asc().NullsLast(), links.ID.Asc()},
	} {
		q := links.OrderBy(o.by)
		want, err := q.OrderBy(o.tie).All(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		there, back := pages(t, c, q, 3)
		if !slices.Equal(ids(there), ids(want)) || !slices.Equal(ids(back), ids(want)) {
			t.Errorf("there %v\nback  %v\nwant  %v", ids(there), ids(back), ids(want))
		}
	}
}

// Values that are too long for a cursor are an error, not a cursor of that length.
func TestCursorSize(t *testing.T) {
	c, ctx := openFixture(t, 3), context.Background()
	if _, err := links.Update(links.Title.Set(strings.Repeat("x", 1<<20))).EveryRow().Exec(ctx, c); err != nil {
		t.Fatal(err)
	}
	if _, err := links.OrderBy(links.Title.Asc()).Page(ctx, c, "", 2); !errors.Is(err, drey.ErrCursorSize) {
		t.Error(err)
	}
}

// A page searches an index where there is one for the order.
func TestPagePlan(t *testing.T) {
	c := openFixture(t, 50)
	for name, q := range map[string]*drey.Query[inLinks, link]{
		"uniform": links.Where(links.UserID.Eq(3)).OrderBy(links.Created.Desc(), links.ID.Desc()),
		"mixed":   links.Where(links.UserID.Eq(3)).OrderBy(links.Created.Desc(), links.Title.Asc()),
		"key":     links.Where(),
	} {
		first, err := q.Page(context.Background(), c, "", 2)
		if err != nil {
			t.Fatal(err)
		}
		text, args, err := drey.PageSQL(q, first.Next, 2)
		if err != nil {
			t.Fatal(err)
		}
		plan := explain(t, c, text, args)
		want := map[string]string{
			"uniform": "SEARCH links USING INDEX links_user (user_id=? AND created<?)",
			"mixed":   "SEARCH links USING INDEX links_user (user_id=? AND created<?)",
			"key":     "SEARCH links USING INTEGER PRIMARY KEY (rowid>?)",
		}[name]
		if !strings.Contains(plan, want) {
			t.Errorf("%s:\n%s\nhas the plan\n%s", name, text, plan)
		}
	}
}

func FuzzCursor(f *testing.F) {
	c, ctx := openFixture(f, 9), context.Background()
	q := links.Where(links.Clicks.Gte(1)).OrderBy(links.Title.Desc())
	p, err := q.Page(ctx, c, "", 2)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.Next)
	binding, err := drey.BindingOf(q)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		body := []byte(cursor)
		signed := base64.RawURLEncoding.EncodeToString(append(body, drey.Checksum(binding, body)...))
		if _, err := q.Page(ctx, c, signed, 2); err != nil && !errors.Is(err, drey.ErrCursor) && !errors.Is(err, drey.ErrCursorSize) {
			t.Fatal(err)
		}
		if _, err := q.Page(ctx, c, cursor, 2); err != nil && !errors.Is(err, drey.ErrCursor) {
			t.Fatal(err)
		}
		drey.DecodeCursor(cursor, nil, 3)
		drey.CutValue([]byte(cursor))
	})
}

// BenchmarkDeepPage compares a page by its cursor with one by OFFSET.
func BenchmarkDeepPage(b *testing.B) {
	c, ctx := openFixture(b, 100_000), context.Background()
	q := links.OrderBy(links.ID.Asc())
	row, err := q.Offset(99_000).First(ctx, c)
	if err != nil {
		b.Fatal(err)
	}
	binding, err := drey.BindingOf(q)
	if err != nil {
		b.Fatal(err)
	}
	cursor := drey.EncodeCursor(drey.Forward, binding, []any{row.ID})
	b.Run("cursor", func(b *testing.B) {
		for b.Loop() {
			if p, err := q.Page(ctx, c, cursor, 50); err != nil || len(p.Rows) != 50 {
				b.Fatal(p, err)
			}
		}
	})
	b.Run("offset", func(b *testing.B) {
		for b.Loop() {
			if rows, err := q.Offset(99_001).Limit(50).All(ctx, c); err != nil || len(rows) != 50 {
				b.Fatal(rows, err)
			}
		}
	})
}

// Rows of squirrel's may have NULL in any column: the pages of such a query
// come to them, too.
func TestPagesOfNative(t *testing.T) {
	c, ctx := openFixture(t, 0), context.Background()
	rows := squirrel.Select("id", "user_id", "slug", "title", "clicks", "score", "CASE WHEN id % 2 THEN created END AS created").
		From("(SELECT 1 id, 1 user_id, 'a' slug, NULL title, 0 clicks, NULL score, 5 created UNION ALL SELECT 2, 1, 'b', NULL, 0, NULL, 6 UNION ALL SELECT 3, 1, 'c', NULL, 0, NULL, 7)")
	q := drey.Keyed(drey.From(&links.Query, rows), links.ID).OrderBy(links.Created.Asc())
	// UnixTime cannot be NULL: better an error than a row that no page has.
	if _, err := q.Page(ctx, c, "", 1); err == nil || !strings.Contains(err.Error(), "UnixTime") {
		t.Errorf("got %v", err)
	}
	sorted := drey.Keyed(drey.From(&links.Query, rows.Where("id % 2")), links.ID).OrderBy(links.Score.Desc())
	var ids []int64
	for cursor := ""; ; {
		page, err := sorted.Page(ctx, c, cursor, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Rows {
			ids = append(ids, l.ID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if !slices.Equal(ids, []int64{3, 1}) && !slices.Equal(ids, []int64{1, 3}) {
		t.Errorf("the pages have %v", ids)
	}
}

// A driver that makes times of texts gives none that a page can begin at.
func TestPagesNeedTexts(t *testing.T) {
	_, path := openFile(t, sqlite.Options{})
	db, err := sql.Open("sqlite", "file:"+path+"?mode=rw&_texttotime=1")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := context.Background()
	if _, err := db.Exec("CREATE TABLE times (at DATETIME); INSERT INTO times VALUES ('2026-01-01 00:00:00')"); err != nil {
		t.Fatal(err)
	}
	c := drey.NewClient(db)
	defer c.Close()
	rel := drey.Number(&drey.Relation{Name: "times", Columns: []string{"at"}, Key: []uint16{0}})
	q := drey.NewQuery[struct{}](rel, func(r *time.Time, to []any) []any { return append(to, r) })
	if _, err := q.Page(ctx, c, "", 1); err == nil || !strings.Contains(err.Error(), "_texttotime") {
		t.Errorf("got %v", err)
	}
}
