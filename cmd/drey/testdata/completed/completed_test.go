// Package completed runs queries whose types drey completes, in both halves of
// the package.
package completed

import (
	"context"
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"example.com/completed/db"
	"example.com/completed/money"
	drey "example.com/runtime"
)

var ctx = context.Background()

// What cannot be told from values is told by the compiler.
var (
	_ *int64      = db.ShopSumsRow{}.N
	_ int64       = db.ShopSumsRow{}.Paid
	_ money.Cents = db.ShopSumsRow{}.Top
	_ time.Time   = db.ShopSumsRow{}.FirstAt
	_ *time.Time  = db.ShopSumsRow{}.ReturnedAt
	_ *int64      = db.ShopSumsRow{}.Counted
	_ *int64      = db.NeighboursRow{}.Earlier
	_ *string     = db.NeighboursRow{}.NextShop
	_ *time.Time  = db.NeighboursRow{}.BeforeAt
	_ *float64    = db.NeighboursRow{}.PaidPrice
	_ *int64      = db.NeighboursRow{}.Size
	_ *bool       = db.NeighboursRow{}.Big
	_ *string     = db.WithTitlesRow{}.Title
	_ *int64      = db.Shop{}.N
	_ float64     = db.Shop{}.Twice
	_ money.Cents = db.Shop{}.Top
	_ *string     = db.NotesFt{}.Title
	_ *string     = db.MatchingRow{}.Marked
	_ float64     = db.MatchingRow{}.Score
	_ string      = db.DropNoteRow{}.Gone
	_ db.Querier  = (*db.Queries)(nil)
	_ interface{} = db.Week{}.Free
)

const large = 9007199254740993 // no float64

var noon = time.Date(2026, 1, 31, 12, 0, 0, 5e8, time.UTC)

func open(t *testing.T) *db.Client {
	t.Helper()
	path := filepath.Join(t.TempDir(), "completed.db")
	if _, err := db.Migrate(ctx, path); err != nil {
		t.Fatal(err)
	}
	c, err := db.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	one, two, meta := int64(large-1), int64(1), `{"size":7}`
	later := noon.Add(time.Hour)
	if _, err := db.Sales.Insert().Exec(ctx, c,
		db.Sale{ID: 1, Shop: "a", N: &one, Cents: 5, Price: 1.5, Paid: true, SoldAt: noon, ReturnedAt: &later, Meta: &meta},
		db.Sale{ID: 2, Shop: "a", N: &two, Cents: 7, Price: 2.5, SoldAt: later},
		db.Sale{ID: 3, Shop: "b", Cents: 9, Price: 3.5, SoldAt: later},
	); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Notes.Insert().Exec(ctx, c, db.Note{ID: 1, SaleID: 1, Title: "first"}, db.Note{ID: 2, SaleID: 2, Title: "second"}); err != nil {
		t.Fatal(err)
	}
	title := "one word"
	if _, err := db.NotesFts.Insert().Exec(ctx, c, db.NotesFt{Title: &title}); err != nil {
		t.Fatal(err)
	}
	return c
}

// check compares what a source finds with what the method does.
func check[T any](t *testing.T, what string, static []T, err error, dynamic []T, err2 error) []T {
	t.Helper()
	if err != nil || err2 != nil {
		t.Fatalf("%s: %v, %v", what, err, err2)
	}
	if !reflect.DeepEqual(static, dynamic) || len(static) == 0 {
		t.Errorf("%s: the method gives %s, the source %s", what, text(static), text(dynamic))
	}
	return static
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func TestBothHalves(t *testing.T) {
	c := open(t)
	static, err := c.ShopSums(ctx, 0)
	dynamic, err2 := db.ShopSums.With(0).All(ctx, c)
	sums := check(t, "ShopSums", static, err, dynamic, err2)
	if got, want := text(sums), `[{"shop":"a","n":9007199254740993,"paid":1,"top":7,"first_at":"2026-01-31T12:00:00.5Z","returned_at":"2026-01-31T13:00:00.5Z","counted":2,"most":9007199254740992},`+
		`{"shop":"b","n":null,"paid":0,"top":9,"first_at":"2026-01-31T13:00:00.5Z","returned_at":null,"counted":null,"most":null}]`; got != want {
		t.Errorf("ShopSums: %s, want %s", got, want)
	}

	neighbours, err := c.Neighbours(ctx)
	all, err2 := db.Neighbours.All(ctx, c)
	neighbours = check(t, "Neighbours", neighbours, err, all, err2)
	if got, want := text(neighbours[1]), `{"id":2,"earlier":9007199254740992,"next_shop":"b","before_at":"2026-01-31T12:00:00.5Z","paid_price":null,"size":null,"big":false}`; got != want {
		t.Errorf("Neighbours: %s, want %s", got, want)
	}

	titles, err := c.WithTitles(ctx, []string{"a", "b"})
	withTitles, err2 := db.WithTitles.With([]string{"a", "b"}).All(ctx, c)
	check(t, "WithTitles", titles, err, withTitles, err2)
	joined, err := c.Titles(ctx)
	joinedAll, err2 := db.Titles.All(ctx, c)
	check(t, "Titles", joined, err, joinedAll, err2)
	shops, err := c.ShopTotals(ctx)
	shopsAll, err2 := db.ShopTotals.All(ctx, c)
	check(t, "ShopTotals", shops, err, shopsAll, err2)
	view, err := db.Shops.All(ctx, c)
	check(t, "the view", shops, nil, view, err)
	recent, err := c.RecentShops(ctx)
	recentAll, err2 := db.RecentShops.All(ctx, c)
	recent = check(t, "RecentShops", recent, err, recentAll, err2)
	ofView, err := db.Recents.OrderBy(db.Recents.LastAt.Asc(), db.Recents.Shop.Asc()).All(ctx, c)
	check(t, "the view of times", recent, nil, ofView, err)
	if got, want := text(recent[0]), `{"shop":"a","last_at":"2026-01-31T13:00:00.5Z","returned_at":"2026-01-31T13:00:00.5Z","first_day":null}`; got != want {
		t.Errorf("RecentShops: %s, want %s", got, want)
	}
	if n, err := db.Recents.Where(db.Recents.LastAt.Eq(recent[0].LastAt)).Count(ctx, c); err != nil || n != 2 {
		t.Errorf("%d shops are as recent as the first (%v), want 2", n, err)
	}
	times, err := c.RecentTimes(ctx, recent[0].LastAt)
	timesAll, err2 := db.RecentTimes.With(recent[0].LastAt).All(ctx, c)
	check(t, "RecentTimes", times, err, timesAll, err2)
	recentSales, err := c.RecentSales(ctx)
	recentSalesAll, err2 := db.RecentSales.All(ctx, c)
	recentSales = check(t, "RecentSales", recentSales, err, recentSalesAll, err2)
	if recentSales[0].Other == nil || recentSales[2].Other != nil {
		t.Errorf("RecentSales: %s", text(recentSales))
	}
	latestOfAll, err := c.LatestOfAll(ctx)
	latest, err2 := db.Latests.OrderBy(db.Latests.LastAt.Desc()).First(ctx, c)
	if err != nil || err2 != nil || latestOfAll == nil || !latestOfAll.Equal(latest.LastAt) {
		t.Errorf("LatestOfAll: %v, %v; the view: %v, %v", latestOfAll, err, latest, err2)
	}
	weeks, err := c.WeekTotals(ctx)
	weeksAll, err2 := db.WeekTotals.All(ctx, c)
	check(t, "WeekTotals", weeks, err, weeksAll, err2)
	found, err := c.Matching(ctx, "word")
	foundAll, err2 := db.Matching.With("word").All(ctx, c)
	if found = check(t, "Matching", found, err, foundAll, err2); *found[0].Title != "one word" || found[0].Marked != nil {
		t.Errorf("Matching: %s", text(found))
	}
}

func TestScalars(t *testing.T) {
	c := open(t)
	if n, err := c.Total(ctx, 0); err != nil || n == nil || *n != large {
		t.Errorf("Total: %v, %v", text(n), err)
	}
	if n, err := c.Total(ctx, 9); err != nil || n != nil {
		t.Errorf("Total of nothing: %v, %v", text(n), err)
	}
	if n, err := c.ZeroTotal(ctx, 9); err != nil || n != 0 {
		t.Errorf("ZeroTotal of nothing: %v, %v", n, err)
	}
	if at, err := c.LastSold(ctx, 0); err != nil || at == nil || !at.Equal(noon.Add(time.Hour)) {
		t.Errorf("LastSold: %v, %v", at, err)
	}
	if at, err := c.LastSold(ctx, 9); err != nil || at != nil {
		t.Errorf("LastSold of nothing: %v, %v", at, err)
	}
	if gone, err := c.DropNote(ctx, 1); err != nil || text(gone) != `{"gone":"first","key_id":1}` {
		t.Errorf("DropNote: %v, %v", text(gone), err)
	}
}

// A source over such a query is filtered, ordered and paged by its columns.
func TestDynamic(t *testing.T) {
	c := open(t)
	q := db.ShopSums.With(0)
	h := db.ShopSums
	count := func(what string, want int64, where ...drey.Predicate[db.ShopSumsSource]) {
		t.Helper()
		if n, err := q.Where(where...).Count(ctx, c); err != nil || n != want {
			t.Errorf("%s: %d rows, %v, want %d", what, n, err, want)
		}
	}
	count("n is large", 1, h.N.Eq(large))
	count("n is not the float64 next to it", 0, h.N.Eq(large-1))
	count("n is NULL", 1, h.N.IsNull())
	count("top", 1, h.Top.Eq(money.Cents(9)))
	count("first_at", 1, h.FirstAt.Eq(noon))
	count("first_at, later", 1, h.FirstAt.Gt(noon))
	count("returned_at is NULL", 1, h.ReturnedAt.IsNull())
	count("counted", 1, h.Counted.In(2, 3))
	var shops []string
	for cursor := ""; ; {
		page, err := drey.Keyed(q, h.Shop).OrderBy(h.N.Desc(), h.FirstAt.Asc(), h.Shop.Asc()).Page(ctx, c, cursor, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			shops = append(shops, row.Shop)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if !reflect.DeepEqual(shops, []string{"a", "b"}) {
		t.Errorf("pages: %v", shops)
	}
}
