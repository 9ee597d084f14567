package drey_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const addToClicks = `CASE WHEN "clicks" NOT BETWEEN -9223372036854775808 - ? AND 9223372036854775807 - ? ` +
	`THEN json_extract('{}', 'drey: out of range: "clicks" is of type int64') ELSE "clicks" + ? END`

// Every assignment: the SQL that squirrel makes of it, the values that it
// binds, and the row that results.
func TestUpdate(t *testing.T) {
	for _, test := range []struct {
		name string
		set  []drey.Assignment[inLinks]
		sql  string
		args []any
		want func(*link)
	}{
		{"Set", []drey.Assignment[inLinks]{links.Slug.Set("new")}, `"slug" = ?`, []any{"new"}, func(l *link) { l.Slug = "new" }},
		{"Set of a nullable column", []drey.Assignment[inLinks]{links.Title.Set("T")}, `"title" = ?`, []any{"T"}, func(l *link) { l.Title = ptr("T") }},
		{"SetNull", []drey.Assignment[inLinks]{links.Title.SetNull()}, `"title" = ?`, []any{nil}, func(l *link) { l.Title = nil }},
		{"SetDefault", []drey.Assignment[inLinks]{links.Clicks.SetDefault()}, `"clicks" = (0)`, nil, func(l *link) { l.Clicks = 0 }},
		{"SetDefault without one", []drey.Assignment[inLinks]{links.Score.SetDefault()}, `"score" = NULL`, nil, func(l *link) { l.Score = nil }},
		{"Add", []drey.Assignment[inLinks]{links.Clicks.Add(5)}, `"clicks" = ` + addToClicks, []any{int64(0), int64(5), int64(5)}, func(l *link) { l.Clicks += 5 }},
		{"Add to NULL", []drey.Assignment[inLinks]{links.Score.SetNull()}, `"score" = ?`, []any{nil}, func(l *link) { l.Score = nil }},
		{"several, absent ones left out", []drey.Assignment[inLinks]{
			links.Clicks.Add(1), drey.OptSet(nil, links.Slug.Set), drey.OptSet(ptr("T"), links.Title.Set),
		}, `"clicks" = ` + addToClicks + `, "title" = ?`, []any{int64(0), int64(1), int64(1), "T"}, func(l *link) { l.Clicks++; l.Title = ptr("T") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, ctx := openFixture(t, 3), context.Background()
			want, err := links.Where(links.ID.Eq(2)).One(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			test.want(&want)
			update := links.Update(test.set...).Where(links.ID.Eq(2))
			text, args, err := update.ToSql()
			if err != nil {
				t.Fatal(err)
			}
			if full := `UPDATE "links" SET ` + test.sql + ` WHERE ("id" = ?)`; text != full {
				t.Errorf("got  %s\nwant %s", text, full)
			}
			if diff := cmp.Diff(append(test.args, int64(2)), args); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
			if n, err := update.Exec(ctx, c); err != nil || n != 1 {
				t.Fatalf("Exec: %d, %v", n, err)
			}
			got, err := links.Where(links.ID.Eq(2)).One(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(drey.UnixTime{})); diff != "" {
				t.Errorf("row (-want +got):\n%s", diff)
			}
		})
	}
}

// The same shape with other values runs on the statement that it has.
func TestWritesOfOneShape(t *testing.T) {
	c, ctx := openFixture(t, 10), context.Background()
	for i := range int64(5) {
		changed, err := links.Update(links.Clicks.Set(100+i)).Where(links.ID.Eq(i+1)).Returning(ctx, c)
		if err != nil || len(changed) != 1 || changed[0].ID != i+1 || changed[0].Clicks != 100+i {
			t.Fatalf("update %d: %v, %v", i, changed, err)
		}
		if n, err := links.Update(links.Clicks.Add(1)).Where(links.Clicks.Eq(100+i)).Exec(ctx, c); err != nil || n != 1 {
			t.Fatalf("add %d: %d, %v", i, n, err)
		}
		gone, err := links.Delete().Where(links.ID.Eq(i+1)).Returning(ctx, c)
		if err != nil || len(gone) != 1 || gone[0].Clicks != 101+i {
			t.Fatalf("delete %d: %v, %v", i, gone, err)
		}
	}
	if n := c.WriteStats().Kept; n > 4 {
		t.Errorf("%d statements, want one for each shape", n)
	}
	if n, err := links.Delete().EveryRow().Exec(ctx, c); err != nil || n != 5 {
		t.Errorf("EveryRow: %d, %v", n, err)
	}
}

// A write that would change every row by accident is refused, and nothing is
// changed.
func TestRefusedWrites(t *testing.T) {
	c, ctx := openFixture(t, 4), context.Background()
	for _, test := range []struct {
		name   string
		change *drey.Mutation[inLinks, link]
		want   error
	}{
		{"a delete without a predicate", links.Delete(), drey.ErrNoPredicate},
		{"an update without a predicate", links.Update(links.Clicks.Set(0)), drey.ErrNoPredicate},
		{"absent predicates", links.Delete().Where(drey.Opt(nil, links.ID.Eq)), drey.ErrNoPredicate},
		{"an And of nothing", links.Delete().Where(drey.And[inLinks]()), drey.ErrNoPredicate},
		{"an Or of nothing", links.Delete().Where(drey.Or[inLinks]()), drey.ErrEmptyOr},
		{"Not of an In of nothing", links.Delete().Where(drey.Not(links.ID.In())), drey.ErrEmptyNotIn},
		{"NotIn of nothing, for every row", links.Delete().Where(links.ID.NotIn()).EveryRow(), drey.ErrEmptyNotIn},
		{"no assignment", links.Update(drey.OptSet(nil, links.Slug.Set)).Where(links.ID.Eq(1)), drey.ErrNoAssignment},
		{"two assignments to a column", links.Update(links.Clicks.Set(1), links.Clicks.Add(1)).Where(links.ID.Eq(1)), drey.ErrAssignedTwice},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := test.change.Exec(ctx, c); !errors.Is(err, test.want) {
				t.Errorf("Exec: got %v, want %v", err, test.want)
			}
			if _, err := test.change.Returning(ctx, c); !errors.Is(err, test.want) {
				t.Errorf("Returning: got %v, want %v", err, test.want)
			}
			if _, _, err := test.change.ToSql(); !errors.Is(err, test.want) {
				t.Errorf("ToSql: got %v, want %v", err, test.want)
			}
		})
	}
	if n, err := links.Count(ctx, c); err != nil || n != 4 {
		t.Errorf("%d rows are left, %v", n, err)
	}
}

func newLinks(n int) []link {
	rows := make([]link, n)
	for i := range rows {
		rows[i] = link{ID: int64(1000 + i), UserID: int64(i), Slug: fmt.Sprintf("new-%d", i), Clicks: int64(i)}
		if i%2 == 0 {
			rows[i].Title = ptr(fmt.Sprint("title ", i))
		}
	}
	return rows
}

var ignoreCreated = cmpopts.IgnoreFields(link{}, "Created")

// Rows of any number come back as they went in, over the limit of parameters
// too.
func TestInsert(t *testing.T) {
	for _, n := range []int{0, 1, 2, 255, 256, 257, 1000, 5000} {
		c, ctx := openFixture(t, 3), context.Background()
		rows := newLinks(n)
		var progress []int
		inserted, err := links.Insert().Progress(func(done, total int) {
			if total != n {
				t.Errorf("total %d of %d", total, n)
			}
			progress = append(progress, done)
		}).Exec(ctx, c, rows...)
		if err != nil || inserted != int64(n) {
			t.Fatalf("%d rows: %d, %v", n, inserted, err)
		}
		got, err := links.Where(links.ID.Gte(1000)).OrderBy(links.ID.Asc()).All(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, got, ignoreCreated, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%d rows (-want +got):\n%s", n, diff)
		}
		if n > 0 && progress[len(progress)-1] != n {
			t.Errorf("%d rows: progress %v", n, progress)
		}
		if statements := c.WriteStats().Kept; statements > 10 {
			t.Errorf("%d rows: %d statements", n, statements)
		}
	}
}

// Columns that are not named get their default, and SQLite's id.
func TestInsertDefaults(t *testing.T) {
	c, ctx := openFixture(t, 3), context.Background()
	rows := newLinks(3)
	got, err := links.Insert(links.Slug, links.UserID, links.Created).Returning(ctx, c, rows...)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range got {
		if row.ID != int64(4+i) || row.Slug != rows[i].Slug || row.Clicks != 0 || row.Title != nil {
			t.Errorf("row %d: %+v", i, row)
		}
	}
}

func TestInsertConflict(t *testing.T) {
	c, ctx := openFixture(t, 3), context.Background() // slug-0000 to slug-0002
	slug := drey.NewKey[inLinks](2)
	rows := newLinks(3)
	rows[1].Slug = "slug-0001"
	insert := links.Insert(links.Slug, links.UserID, links.Created, links.Clicks)
	if _, err := insert.Exec(ctx, c, rows...); err == nil || !strings.Contains(err.Error(), "UNIQUE constraint failed: links.slug") {
		t.Errorf("a duplicate: %v", err)
	}
	if n, err := links.Count(ctx, c); err != nil || n != 3 {
		t.Errorf("after a failure there are %d rows, %v", n, err)
	}
	kept, err := insert.OrIgnore(slug).Returning(ctx, c, rows...)
	if err != nil || len(kept) != 2 || kept[0].Slug != "new-0" || kept[1].Slug != "new-2" {
		t.Errorf("OrIgnore: %v, %v", kept, err)
	}
	rows[1].Clicks, rows[1].UserID = 77, 88
	updated, err := insert.OrUpdate(slug, links.Clicks).Returning(ctx, c, rows...)
	if err != nil || len(updated) != 3 || updated[1].ID != 2 || updated[1].Clicks != 77 || updated[1].UserID == 88 {
		t.Errorf("OrUpdate of a column: %+v, %v", updated, err)
	}
	if n, err := insert.OrUpdate(slug).Exec(ctx, c, rows...); err != nil || n != 3 {
		t.Errorf("OrUpdate: %d, %v", n, err)
	}
	if row, err := links.Where(links.Slug.Eq("slug-0001")).One(ctx, c); err != nil || row.UserID != 88 {
		t.Errorf("OrUpdate of all columns: %+v, %v", row, err)
	}
	if n, err := insert.OrIgnore().Exec(ctx, c, rows...); err != nil || n != 0 {
		t.Errorf("OrIgnore of any key: %d, %v", n, err)
	}
	for _, test := range []struct {
		name   string
		insert *drey.Insertion[inLinks, link]
		want   error
	}{
		{"a column named twice", links.Insert(links.Slug, links.Slug), drey.ErrAssignedTwice},
		{"an update of a column that is not inserted", insert.OrUpdate(slug, links.Title), drey.ErrNotInserted},
		{"nothing to update", links.Insert(links.Slug).OrUpdate(slug), drey.ErrNoAssignment},
	} {
		if _, err := test.insert.Exec(ctx, c, rows...); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// In a transaction that goes on, an insert that fails leaves nothing in the table.
func TestInsertInTransaction(t *testing.T) {
	c, ctx := openFixture(t, 3), context.Background()
	rows := newLinks(600)
	rows[599].Slug = "slug-0001"
	err := c.Tx(ctx, func(tx *drey.Tx) error {
		if _, err := links.Insert().Exec(ctx, tx, rows...); err == nil {
			t.Error("no error for a duplicate")
		}
		_, err := links.Insert().Exec(ctx, tx, rows[:10]...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := links.Count(ctx, c); err != nil || n != 13 {
		t.Errorf("%d rows, %v, want 13", n, err)
	}
}
