package drey_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// Counted pages say how many rows pass, of the state that the page is of; in a batch, too.
func TestCountedPages(t *testing.T) {
	c, said := openFixture(t, 40), 0
	ctx := t.Context()
	f := drey.NewFilters(links.ID, links.Clicks, links.Title).Paged().Counted()
	mine := links.Where(links.UserID.Gt(2))
	want, err := mine.Where(links.Clicks.Gte(2)).Count(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	for given := (url.Values{"clicks": {"gte.2"}, "limit": {"5"}}); ; said++ {
		page, err := drey.PageFiltered(ctx, c, mine, f, given)
		if err != nil || page.Total != want || want < 15 {
			t.Fatal(page, want, err)
		}
		inside, err := inBatch(ctx, c, func(tx *drey.Tx) (*drey.PageOf[link], error) {
			return drey.PageFiltered(ctx, tx, mine, f, given)
		})
		if diff := cmp.Diff(page, inside); diff != "" || err != nil {
			t.Fatalf("in a batch: %v (-outside +inside):\n%s", err, diff)
		}
		selected, err := drey.PageSelected(ctx, c, mine, f, given)
		if err != nil || selected.Total != want || len(selected.Rows) != len(page.Rows) {
			t.Fatal(selected, err)
		}
		if page.Next == "" {
			break
		}
		given.Set("cursor", page.Next)
	}
	if said < 3 {
		t.Errorf("%d pages", said)
	}
	_, err = drey.PageFiltered(ctx, c, mine, f, url.Values{"cursor": {"a"}})
	if err == nil || err.Error() != "cursor: it does not belong to these filters and this order" {
		t.Error(err)
	}
}

// A cursor with a time in another form leads to its row in a batch, too, if it is there.
func TestForeignTimeInBatch(t *testing.T) {
	c, ctx := fixture.OpenMemory(t, []sqlite.Migration{{Version: 1, Name: "00001_forum.sql", Up: []string{fixture.Forum, fixture.ForumRows}}}, sqlite.Options{}), t.Context()
	relation := *linksRelation
	relation.Name, relation.Columns, relation.Key, relation.Times = `"posts"`, []string{`"id"`, `"day"`}, []uint16{0}, []uint16{1}
	table := drey.Number(&relation)
	day := drey.NewTextColumn[inLinks](table, 1)
	type row struct {
		id  int64
		day string
	}
	q := drey.NewQuery[inLinks](table, func(r *row, to []any) []any { return append(to, &r.id, &r.day) }).OrderBy(day.Asc())
	first, err := q.Page(ctx, c, "", 1)
	if err != nil || first.Next == "" {
		t.Fatal(first, err)
	}
	next := func(tx *drey.Tx) (*drey.PageOf[row], error) { return q.Page(ctx, tx, first.Next, 1) }
	page, err := inBatch(ctx, c, next)
	if err != nil || len(page.Rows) != 1 || page.Rows[0].id != 2 {
		t.Fatal(page, err)
	}
	if _, err := c.ExecContext(ctx, "DELETE FROM comments; DELETE FROM post_tags; DELETE FROM posts WHERE id = 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := inBatch(ctx, c, next); !errors.Is(err, drey.ErrCursor) {
		t.Error(err)
	}
}
