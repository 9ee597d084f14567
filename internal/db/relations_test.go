package db_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// TestRelations compares random loads with loops over the same rows.
func TestRelations(t *testing.T) {
	ctx := context.Background()
	c, err := db.Open(ctx, ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := rand.New(rand.NewPCG(1, 2))
	user, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		if _, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: user.ID, Slug: fmt.Sprintf("link-%d", i), URL: "https://example.com"}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 9 {
		if _, err := c.ExecContext(ctx, "INSERT INTO tags (id, name) VALUES (?, ?)", i+1, fmt.Sprint("tag", i)); err != nil { // @native-sql rows for a test
			t.Fatal(err)
		}
	}
	for range 400 {
		if _, err := c.ExecContext(ctx, "INSERT INTO clicks (link_id, clicked_at) VALUES (?, ?)", 1+r.IntN(30), r.IntN(5)); err != nil { // @native-sql rows for a test
			t.Fatal(err)
		}
		if _, err := c.ExecContext(ctx, "INSERT OR IGNORE INTO link_tags VALUES (?, ?)", 1+r.IntN(30), 1+r.IntN(9)); err != nil { // @native-sql rows for a test
			t.Fatal(err)
		}
	}
	all, err := db.Clicks.OrderBy(db.Clicks.ClickedAt.Desc(), db.Clicks.ID.Asc()).All(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	links, err := db.Links.Where().All(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	linkTags, err := db.LinkTags.Where().All(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	for range 300 {
		some := make([]db.Link, r.IntN(60))
		for i := range some {
			some[i] = links[r.IntN(len(links))]
		}
		since, top, skip := db.UnixTime{Time: all[r.IntN(len(all))].ClickedAt.Time}, r.IntN(5), r.IntN(3)
		q := db.Clicks.Where(db.Clicks.ClickedAt.Gte(since)).OrderBy(db.Clicks.ClickedAt.Desc())
		limited := r.IntN(2) == 0
		if limited {
			q = q.Limit(top).Offset(skip)
		} else {
			q = q.OrderBy(db.Clicks.ID.Asc())
		}
		want := map[int64][]db.Click{}
		for _, click := range all {
			if !click.ClickedAt.Before(since.Time) && slices.ContainsFunc(some, func(l db.Link) bool { return l.ID == click.LinkID }) {
				want[click.LinkID] = append(want[click.LinkID], click)
			}
		}
		for id, clicks := range want {
			if limited {
				want[id] = clicks[min(skip, len(clicks)):min(skip+top, len(clicks))]
			}
			if len(want[id]) == 0 {
				delete(want, id)
			}
		}
		before := c.StatementStats()
		got, err := drey.LoadMany(ctx, c, some, db.LinkToClicks, q)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v\nwant %v", got, want)
		}
		after := c.StatementStats()
		if n := after.Hits + after.Misses - before.Hits - before.Misses; n > 1 || n == 0 && len(some) > 0 {
			t.Fatalf("%d statements for %d rows", n, len(some))
		}

		wantTags := map[int64][]int64{}
		for _, lt := range linkTags {
			if slices.ContainsFunc(some, func(l db.Link) bool { return l.ID == lt.LinkID }) {
				wantTags[lt.LinkID] = append(wantTags[lt.LinkID], lt.TagID)
			}
		}
		tags, err := drey.LoadMany(ctx, c, some, db.LinkToTags, db.Tags.OrderBy(db.Tags.ID.Asc()))
		if err != nil {
			t.Fatal(err)
		}
		gotTags := map[int64][]int64{}
		for id, tags := range tags {
			for _, tag := range tags {
				gotTags[id] = append(gotTags[id], tag.ID)
			}
		}
		for _, ids := range wantTags {
			slices.SortFunc(ids, cmp.Compare[int64])
		}
		if !reflect.DeepEqual(gotTags, wantTags) {
			t.Fatalf("tags %v, want %v", gotTags, wantTags)
		}
		owners, err := drey.LoadOne(ctx, c, some, db.LinkToUser, &db.Users.Query)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) > 0 && (len(owners) != 1 || owners[user.ID] != user) {
			t.Fatalf("owners %v", owners)
		}
	}
}

// TestRelationsOfMany needs more than one statement.
func TestRelationsOfMany(t *testing.T) {
	ctx := context.Background()
	c, err := db.Open(ctx, ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	user, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	link, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: user.ID, Slug: "drey", URL: "https://example.com"})
	if err != nil {
		t.Fatal(err)
	}
	users := make([]db.User, 40_000)
	for i := range users {
		users[i].ID = user.ID + int64(len(users)-1-i)
	}
	got, err := drey.LoadMany(ctx, c, users, db.UserToLinks, db.Links.Where(db.Links.Slug.Eq("drey")))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || !reflect.DeepEqual(got[user.ID], []db.Link{link}) {
		t.Fatalf("got %v", got)
	}
}

// TestRelationShapes: loads that differ in relation, filter, order, bounds or
// list length share no statement, and those that differ in values do.
func TestRelationShapes(t *testing.T) {
	ctx := context.Background()
	c, err := db.Open(ctx, ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	load := func(n int, q *drey.Query[db.TagsSource, db.Tag], byLink bool) func() error {
		return func() error {
			if byLink {
				links := make([]db.Link, n)
				for i := range links {
					links[i].ID = int64(i)
				}
				_, err := drey.LoadMany(ctx, c, links, db.LinkToTags, q)
				return err
			}
			users := make([]db.User, n)
			for i := range users {
				users[i].ID = int64(i)
			}
			_, err := drey.LoadMany(ctx, c, users, db.UserToTagsByCreatedBy, q)
			return err
		}
	}
	all := &db.Tags.Query
	for i, l := range []struct {
		load func() error
		new  int64
	}{
		{load(5, all, true), 1},
		{load(8, all, true), 0},
		{load(9, all, true), 1},
		{load(5, all, false), 1},
		{load(5, all.Limit(1), true), 1},
		{load(5, all.Limit(2), true), 0},
		{load(5, all.Offset(1), true), 1},
		{load(5, all.Limit(1).Offset(1), true), 1},
		{load(5, all.OrderBy(db.Tags.Name.Asc()), true), 1},
		{load(5, all.OrderBy(db.Tags.Name.Desc()), true), 1},
		{load(5, all.Where(db.Tags.Name.Eq("a")), true), 1},
		{load(5, all.Where(db.Tags.Name.Eq("b")), true), 0},
	} {
		before := c.StatementStats().Misses
		if err := l.load(); err != nil {
			t.Fatal(err)
		}
		if n := c.StatementStats().Misses - before; n != l.new {
			t.Errorf("load %d made %d statements, want %d", i, n, l.new)
		}
	}
}
