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

type entry struct {
	Slug  string
	Title sql.Null[string]
	Loud  string
}

func readEntry(p *drey.Projection[inLinks], to *entry) {
	drey.ReadInto(p, links.Slug, &to.Slug)
	drey.ReadInto(p, links.Title, &to.Title)
	drey.ReadInto(p, drey.Concat(drey.Upper(links.Slug), drey.Of(links.Slug, "!")), &to.Loud)
}

// Whatever runs a query of rows runs one of projected rows.
func TestSelect(t *testing.T) {
	c, ctx := openFixture(t, 9), context.Background()
	rows, err := links.OrderBy(links.Clicks.Desc(), links.ID.Desc()).All(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]entry, len(rows))
	for i, r := range rows {
		want[i] = entry{Slug: r.Slug, Loud: strings.ToUpper(r.Slug) + "!"}
		if r.Title != nil {
			want[i].Title = sql.Null[string]{V: *r.Title, Valid: true}
		}
	}
	// It is narrowed and ordered before and afterwards, by columns that are not read.
	q := drey.Select(links.Where(links.ID.Gt(0)), readEntry).Where(links.UserID.Gt(0)).OrderBy(links.Clicks.Desc(), links.ID.Desc())
	same := func(name string, got, want []entry, err error) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	for range 2 { // rendered, then from the cache
		got, err := q.All(ctx, c)
		same("All", got, want, err)
		got, err = q.Limit(3).Offset(2).All(ctx, c)
		same("Limit", got, want[2:5], err)
		one, err := q.First(ctx, c)
		same("First", []entry{one}, want[:1], err)
		one, err = q.Where(links.Slug.Eq(want[4].Slug)).One(ctx, c)
		same("One", []entry{one}, want[4:5], err)
		if n, err := q.Limit(4).Count(ctx, c); n != 4 || err != nil {
			t.Errorf("Count: %d, %v", n, err)
		}
		if found, err := q.Exists(ctx, c); !found || err != nil {
			t.Errorf("Exists: %v, %v", found, err)
		}
		got = nil
		for r, err := range q.Iter(ctx, c) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
		}
		same("Iter", got, want, nil)
		got = nil
		var cursors []string
		for cursor := ""; ; {
			page, err := q.Page(ctx, c, cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, page.Rows...)
			if cursor = page.Next; cursor == "" {
				break
			}
			cursors = append(cursors, cursor)
		}
		same("Page", got, want, nil)
		// The cursor is one of the rows, whatever is read of them.
		page, err := links.Where(links.ID.Gt(0), links.UserID.Gt(0)).OrderBy(links.Clicks.Desc(), links.ID.Desc()).Page(ctx, c, cursors[0], 3)
		if err != nil || !slices.EqualFunc(page.Rows, want[2:5], func(r link, e entry) bool { return r.Slug == e.Slug }) {
			t.Errorf("a page of whole rows: %v, %v", page, err)
		}
	}
}

// A projection reads something, and the same for every row.
func TestSelectFails(t *testing.T) {
	c, ctx := openFixture(t, 3), context.Background()
	nothing := drey.Select(&links.Query, func(*drey.Projection[inLinks], *entry) {})
	_, _, err := nothing.ToSql()
	for _, err := range []error{err, second(nothing.All(ctx, c)), second(nothing.Page(ctx, c, "", 2))} {
		if err == nil || !strings.Contains(err.Error(), "at least one column") {
			t.Errorf("no column: %v", err)
		}
	}
	for name, read := range map[string]func(n int, p *drey.Projection[inLinks], to *entry){
		"fewer": func(n int, p *drey.Projection[inLinks], to *entry) {
			if n < 2 {
				drey.ReadInto(p, links.Title, &to.Title)
			}
			drey.ReadInto(p, links.Slug, &to.Slug)
		},
		"more": func(n int, p *drey.Projection[inLinks], to *entry) {
			drey.ReadInto(p, links.Slug, &to.Slug)
			if n > 1 {
				drey.ReadInto(p, links.Title, &to.Title)
			}
		},
		"others": func(n int, p *drey.Projection[inLinks], to *entry) {
			if n > 1 {
				drey.ReadInto(p, drey.Upper(links.Slug), &to.Slug)
				return
			}
			drey.ReadInto(p, links.Slug, &to.Slug)
		},
		"other values": func(n int, p *drey.Projection[inLinks], to *entry) {
			drey.ReadInto(p, drey.Substr(links.Slug, n, 2), &to.Slug)
		},
	} {
		n := 0
		_, err := drey.Select(&links.Query, func(p *drey.Projection[inLinks], to *entry) {
			n++
			read(n, p, to)
		}).All(ctx, c)
		if err == nil || !strings.HasSuffix(err.Error(), "a projection reads the same columns for every row") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
