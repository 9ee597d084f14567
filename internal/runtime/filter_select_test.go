package drey_test

import (
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

// The columns that a caller names come as a JSON object, in that order, with the values
// of their Go types.
func TestSelectFiltered(t *testing.T) {
	c, ctx := openFixture(t, 12), t.Context()
	filters := linkFilters.As("loud", drey.Upper(links.Slug)).As("cleared", drey.NullIf(links.Clicks, 1))
	for _, test := range []struct{ query, sql, json string }{
		{
			"select=slug,title&id=lte.2&order=id.desc", `SELECT "slug", "title" FROM "links" WHERE "id" <= ? ORDER BY "id" DESC LIMIT ?`,
			`[{"slug":"slug-0001","title":"Title 1"},{"slug":"slug-0000","title":null}]`,
		},
		{
			"order=clicks,id&select=loud,score,cleared&limit=2&offset=1", `SELECT upper("slug") AS "expression 0", "score", nullif("clicks", ?) AS "expression 2" ` +
				`FROM "links" ORDER BY "clicks" ASC, "id" ASC LIMIT ? OFFSET ?`,
			`[{"loud":"SLUG-0007","score":3.5,"cleared":0},{"loud":"SLUG-0001","score":0.5,"cleared":null}]`,
		},
		{
			"id=eq.2", `SELECT nullif("clicks", ?) AS "expression 0", "clicks", "created", "id", upper("slug") AS "expression 4", "score", "slug", "title" FROM "links" WHERE "id" = ? LIMIT ?`,
			`[{"cleared":null,"clicks":1,"created":"2023-11-14T22:13:21Z","id":2,"loud":"SLUG-0001","score":0.5,"slug":"slug-0001","title":"Title 1"}]`,
		},
		{"select=id&id=lt.0", `SELECT "id" FROM "links" WHERE "id" < ? LIMIT ?`, `[]`},
	} {
		values, err := url.ParseQuery(test.query)
		if err != nil {
			t.Fatal(err)
		}
		q, err := drey.SelectFiltered(&links.Query, filters, values)
		if err != nil {
			t.Fatalf("%s: %v", test.query, err)
		}
		if text, _, err := q.ToSql(); err != nil || text != test.sql {
			t.Errorf("%s: %v\n got %s\nwant %s", test.query, err, text, test.sql)
		}
		for range 2 { // rendered, then from the cache
			found, err := q.All(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			if text, err := json.Marshal(found); err != nil || string(text) != test.json {
				t.Errorf("%s: %v\n got %s\nwant %s", test.query, err, text, test.json)
			}
		}
	}
	q, err := drey.SelectFiltered(&links.Query, filters, url.Values{"select": {"created,title,id"}, "id": {"eq.1"}})
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range q.Iter(ctx, c) {
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"created": drey.Unix(fixtureTime(0).UTC()), "title": nil, "id": int64(1)}
		if diff := cmp.Diff(want, maps.Collect(r.All())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		title, asked := r.Get("title")
		_, other := r.Get("slug")
		if title != nil || !asked || other {
			t.Error("Get:", title, asked, other)
		}
	}
	for query, problem := range map[string]string{
		"select=user_id":            `select: "user_id" is no column; there are clicks, created, id, score, slug, title`,
		"select=id,id":              "select: column id is there twice",
		"select=id&select=slug":     "select: it is there twice",
		"select=":                   `select: "" is no column; there are clicks, created, id, score, slug, title`,
		"select=*":                  `select: "*" is no column; there are clicks, created, id, score, slug, title`,
		"select=id,(SELECT 1)":      `select: "(SELECT 1)" is no column; there are clicks, created, id, score, slug, title`,
		"select=id&user_id=eq.1":    "user_id: there is no such column; there are clicks, created, id, score, slug, title",
		"select=Id,nothing&limit=x": "limit: \"x\" is no number from 0 to 500\nselect: \"Id\" is no column; there are clicks, created, id, score, slug, title",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = drey.SelectFiltered(&links.Query, linkFilters, values)
		var wrong drey.FilterErrors
		if !errors.As(err, &wrong) || err.Error() != problem {
			t.Errorf("%s: %v, want %s", query, err, problem)
		}
		if _, err := drey.PageSelected(ctx, c, &links.Query, linkFilters.Paged(), values); !errors.As(err, &wrong) {
			t.Errorf("%s in a page: %v", query, err)
		}
	}
}

// Pages of selected columns are those of the rows.
func TestPageSelected(t *testing.T) {
	c, ctx := openFixture(t, 12), t.Context()
	pages := linkFilters.Paged()
	given := url.Values{"select": {"score"}, "order": {"clicks.desc"}, "limit": {"5"}, "id": {"gt.1"}}
	rows, err := links.Where(links.ID.Gt(1)).OrderBy(links.Clicks.Desc(), links.ID.Desc()).All(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	var got []any
	for {
		page, err := drey.PageSelected(ctx, c, &links.Query, pages, given)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Rows {
			score, _ := r.Get("score")
			got = append(got, score)
		}
		if page.Next == "" {
			break
		}
		given.Set("cursor", page.Next)
	}
	var want []any
	for _, r := range rows {
		if r.Score == nil {
			want = append(want, nil)
		} else {
			want = append(want, *r.Score)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Another select does not make another cursor.
	given.Del("select")
	if page, err := drey.PageSelected(ctx, c, &links.Query, pages, given); err != nil || len(page.Rows) != 1 {
		t.Error(page, err)
	}
	if page, err := drey.PageFiltered(ctx, c, &links.Query, pages, given); err != nil || !slices.Equal(ids(page.Rows), []int64{rows[10].ID}) {
		t.Error(page, err)
	}
}

// Times of every kind are selected as such, of columns and of expressions.
func TestSelectTimes(t *testing.T) {
	c, ctx := openMoments(t, sqlite.Options{}), t.Context()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	m := momentOf(1, at)
	m.Stamp, m.Day, m.Date = nil, at.Truncate(24*time.Hour), drey.TextTime{at.Truncate(24 * time.Hour)}
	if _, err := moments.Insert().Exec(ctx, c, m); err != nil {
		t.Fatal(err)
	}
	filters := drey.NewFilters(moments.At, moments.Stamp, moments.Day, moments.Secs, moments.Millis, moments.Text, moments.Date).
		As("hour", drey.Truncate(moments.At, drey.Hour)).As("none", drey.NullIf(moments.At, at)).As("month", drey.Truncate(moments.Day, drey.Month))
	q, err := drey.SelectFiltered(&moments.Query, filters, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := q.One(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"at": at, "stamp": nil, "day": m.Day, "secs": drey.UnixTime{at}, "millis": drey.UnixMilli{at}, "text": drey.TextTime{at}, "date": m.Date,
		"hour": at.Truncate(time.Hour), "none": nil, "month": time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, maps.Collect(r.All())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Columns that can be read are selected, and are neither filters nor orders.
func TestReadable(t *testing.T) {
	c, ctx := openFixture(t, 3), t.Context()
	filters := drey.NewFilters(links.Slug).Readable(links.Title, links.Clicks, links.Slug)
	for query, want := range map[string]string{
		"slug=eq.slug-0002":                     `[{"clicks":2,"slug":"slug-0002","title":"Title 2"}]`,
		"select=title,clicks&slug=eq.slug-0002": `[{"title":"Title 2","clicks":2}]`,
		"clicks=gte.1":                          "clicks: there is no such column; there are slug",
		"order=clicks":                          `order: "clicks" is no column; there are slug`,
		"select=score":                          `select: "score" is no column; there are clicks, slug, title`,
	} {
		got := ""
		q, err := drey.SelectFiltered(&links.Query, filters, parseQuery(t, query))
		if err == nil {
			var rows []drey.Record
			rows, err = q.All(ctx, c)
			text, e := json.Marshal(rows)
			got, err = string(text), errors.Join(err, e)
		}
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}
