package drey_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/google/go-cmp/cmp"
)

// inBatch is what f returns in a batch.
func inBatch[R any](ctx context.Context, c drey.Conn, f func(tx *drey.Tx) (R, error)) (R, error) {
	var b drey.Batch
	result := drey.InBatch(&b, f)
	if err := b.Run(ctx, c); err != nil {
		return *new(R), err
	}
	return result()
}

// Whatever runs a query of trees does so in a batch, with one statement a level.
func TestTreeInBatch(t *testing.T) {
	c, said := openWatched(t)
	ctx := t.Context()
	same := func(name string, statements int, want any, f func(tx *drey.Tx) (any, error)) {
		t.Helper()
		for range 2 { // rendered, then from the cache
			*said = nil
			got, err := inBatch(ctx, c, f)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
			}
			if len(*said) != statements {
				t.Errorf("%s: %d statements:\n%v", name, len(*said), *said)
			}
		}
	}
	same("All", 3, forumUsers, func(tx *drey.Tx) (any, error) { return userTrees.All(ctx, tx) })
	same("one that may be absent, and a link table", 3, forumTitles, func(tx *drey.Tx) (any, error) { return titles.All(ctx, tx) })
	same("One", 3, forumUsers[0], func(tx *drey.Tx) (any, error) { return userTrees.Where(users.Name.Eq("ada")).One(ctx, tx) })
	same("First", 3, forumUsers[1], func(tx *drey.Tx) (any, error) { return userTrees.Offset(1).First(ctx, tx) })
	same("All of none", 3, []userNode{}, func(tx *drey.Tx) (any, error) { return userTrees.Where(users.Name.Eq("nobody")).All(ctx, tx) })
	same("One of none", 4, int64(4), func(tx *drey.Tx) (any, error) {
		if _, err := userTrees.Where(users.Name.Eq("nobody")).One(ctx, tx); err != sql.ErrNoRows {
			return nil, err
		}
		return users.Count(ctx, tx)
	})
	same("AllAndCount", 4, forumUsers[:2], func(tx *drey.Tx) (any, error) {
		rows, _, err := drey.AllAndCount(ctx, tx, userTrees.Limit(2))
		return rows, err
	})
	rows := func(cursor string, size int) func(tx *drey.Tx) (any, error) {
		return func(tx *drey.Tx) (any, error) {
			page, err := userTrees.Page(ctx, tx, cursor, size)
			if err != nil {
				return nil, err
			}
			return page.Rows, nil
		}
	}
	page, err := userTrees.Page(ctx, c, "", 2)
	if err != nil {
		t.Fatal(err)
	}
	last, err := userTrees.Page(ctx, c, page.Next, 2)
	if err != nil {
		t.Fatal(err)
	}
	same("Page", 3, forumUsers[:2], rows("", 2))
	same("Page after", 3, forumUsers[2:], rows(page.Next, 2))
	same("Page before", 3, forumUsers[1:2], rows(last.Prev, 1))
	same("LoadMany", 3, map[int64][]userNode{1: forumUsers[1:3], 2: forumUsers[3:]}, func(tx *drey.Tx) (any, error) {
		return drey.LoadMany(ctx, tx, []fixture.User{ada, bob}, userToUsers, userTrees)
	})
	same("LoadOne", 3, map[int64]userNode{1: forumUsers[0]}, func(tx *drey.Tx) (any, error) {
		return drey.LoadOne(ctx, tx, []fixture.User{ada, bob}, userToBoss, userTrees)
	})
	distinct := drey.Select(users.Where(users.ID.Lt(4)).Distinct().OrderBy(users.Name.Desc()).Limit(2), readUser)
	same("distinct rows with a limit", 3, []userNode{forumUsers[2], forumUsers[1]}, func(tx *drey.Tx) (any, error) { return distinct.All(ctx, tx) })
	both := drey.Select(drey.Union(users.Where(users.ID.Eq(2)), users.Where(users.ID.Lt(3))).OrderBy(users.Name.Desc()), readUser)
	same("a set", 3, []userNode{forumUsers[1], forumUsers[0]}, func(tx *drey.Tx) (any, error) { return both.All(ctx, tx) })
	same("a set with a limit", 3, []userNode{forumUsers[1]}, func(tx *drey.Tx) (any, error) { return both.Limit(1).All(ctx, tx) })
	native := drey.Select(drey.From(&posts.Query, squirrel.Expr("SELECT * FROM posts WHERE id = ? UNION ALL SELECT * FROM posts WHERE id = 1", 1)), readPost)
	same("rows that come twice", 2, []postNode{forumUsers[0].Posts[0], forumUsers[0].Posts[0]}, func(tx *drey.Tx) (any, error) { return native.All(ctx, tx) })

	// The batch sees what its earlier steps have done.
	var b drey.Batch
	b.Do(func(tx *drey.Tx) error { return second(comments.Delete().EveryRow().Exec(ctx, tx)) })
	trees := drey.InBatch(&b, func(tx *drey.Tx) ([]userNode, error) { return userTrees.All(ctx, tx) })
	if err := b.Run(ctx, c); err != nil {
		t.Fatal(err)
	}
	if got, err := trees(); err != nil || len(got) != 4 || len(got[0].Posts) != 2 || len(got[0].Posts[0].Comments) != 0 {
		t.Error(got, err)
	}
}

// The statements of a tree in a batch find the rows above in the same order as the first.
func TestTreeInBatchSQL(t *testing.T) {
	c, said := openWatched(t)
	ctx := t.Context()
	type node struct {
		Title string
		Tags  []titled
	}
	tagged := drey.Select(tags.OrderBy(tags.Name.Asc()).Limit(1), func(p *drey.Projection[fixture.InTags], to *titled) {
		drey.ReadInto(p, tags.Name, &to.Title)
	})
	q := drey.Select(posts.Where(posts.Likes.Gt(1)).OrderBy(posts.Day.Desc()).Limit(2), func(p *drey.Projection[fixture.InPosts], to *node) {
		drey.ReadInto(p, posts.Title, &to.Title)
		drey.ReadMany(p, postToTags, tagged, &to.Tags)
	})
	const above = `SELECT "expression 0" AS "row's key 0" FROM (SELECT +"id" AS "expression 0" FROM "posts" WHERE "likes" > ? ` +
		`ORDER BY "day" DESC, "id" DESC LIMIT ?) AS rows GROUP BY typeof("expression 0"), "expression 0" COLLATE BINARY`
	want := []string{
		`SELECT "title", +"id" AS "expression 1" FROM "posts" WHERE "likes" > ? ORDER BY "day" DESC, "id" DESC LIMIT ? [1 2]`,
		`SELECT "name", "row's own key 0", ("row is there" AND "row's rank" <= ?) AS "row is there" FROM (SELECT "name", "row's keys"."row's own key 0", ` +
			`"tags"."area" IS NOT NULL AS "row is there", ROW_NUMBER() OVER (PARTITION BY typeof("row's keys"."row's own key 0"), "row's keys"."row's own key 0" COLLATE BINARY ` +
			`ORDER BY "tags"."area" IS NOT NULL DESC, "name" ASC, "area", "name") AS "row's rank" FROM (SELECT "row's keys"."row's key 0" AS "row's own key 0", ` +
			`"post_tags"."area" AS "row's key 0", "post_tags"."tag" AS "row's key 1" FROM (` + above + `) AS "row's keys" ` +
			`LEFT JOIN "post_tags" ON "post_tags"."post_id" = "row's keys"."row's key 0") AS "row's keys" ` +
			`LEFT JOIN "tags" ON ("tags"."area" = "row's keys"."row's key 0" AND "tags"."name" = "row's keys"."row's key 1")) AS "tags" ` +
			`WHERE ("row's rank" = 1 OR "row is there" AND "row's rank" <= ?) ORDER BY "row's rank" [1 1 2 1]`,
	}
	for range 2 {
		*said = nil
		got, err := inBatch(ctx, c, func(tx *drey.Tx) ([]node, error) { return q.All(ctx, tx) })
		if diff := cmp.Diff([]node{{"Go again", []titled{{Title: "go"}}}, {"SQL", []titled{{Title: "go"}}}}, got); diff != "" || err != nil {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
		var texts []string
		for _, s := range *said {
			texts = append(texts, s.String())
		}
		if diff := cmp.Diff(want, texts); diff != "" {
			t.Fatalf("statements (-want +got):\n%s", diff)
		}
	}
}

// As many levels as a batch may have, of which the rows end earlier.
func TestTreeInBatchDepth(t *testing.T) {
	c, ctx := openForum(t), t.Context()
	team := drey.Select(&users.Query, func(p *drey.Projection[fixture.InUsers], to *boss) { drey.ReadInto(p, users.Name, &to.Name) })
	for range drey.MaxBatchDepth {
		below := team.OrderBy(users.ID.Asc())
		team = drey.Select(&users.Query, func(p *drey.Projection[fixture.InUsers], to *boss) {
			drey.ReadInto(p, users.Name, &to.Name)
			drey.ReadMany(p, userToUsers, below, &to.Team)
		})
	}
	team = team.Where(users.BossID.IsNull())
	want, err := team.All(ctx, c)
	if err != nil || len(want) != 1 || len(want[0].Team) != 2 || len(want[0].Team[0].Team) != 1 {
		t.Fatal(want, err)
	}
	got, err := inBatch(ctx, c, func(tx *drey.Tx) ([]boss, error) { return team.All(ctx, tx) })
	for i := range got {
		end(got[i].Team)
	}
	for i := range want {
		end(want[i].Team)
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// end makes nothing of a level that was not read and of one without rows.
func end(team []boss) {
	for i := range team {
		if len(team[i].Team) == 0 {
			team[i].Team = nil
		}
		end(team[i].Team)
	}
}

// A query that does not find the same rows again is an error, whichever way they differ.
func TestTreeInBatchMoves(t *testing.T) {
	c, ctx := openForum(t), t.Context()
	moving := users.Where(drey.Native(&users.Query, squirrel.Expr("random() % 2 = 0")))
	failures := 0
	for range 200 {
		got, err := inBatch(ctx, c, func(tx *drey.Tx) ([]userNode, error) { return drey.Select(moving, readUser).All(ctx, tx) })
		switch {
		case err != nil && strings.Contains(err.Error(), "finds the rows above anew"):
			failures++
		case err != nil:
			t.Fatal(err)
		}
		for _, user := range got {
			if diff := cmp.Diff(forumUsers[user.ID-1], user); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
		}
	}
	if failures < 100 {
		t.Errorf("%d of 200 are errors", failures)
	}
}

// Keys that SQLite takes for equal are told apart as outside of a batch, and an engine that
// takes few values gets several statements for the rows that are known.
func TestTreeInBatchOfMany(t *testing.T) {
	c := openBackend(t, drey.Backend{Parameters: 20})
	ctx := t.Context()
	rows := make([]link, 100)
	for i := range rows {
		rows[i] = link{ID: int64(i + 2), UserID: int64(i/3 + 2), Slug: fmt.Sprint(i), Created: drey.Unix(fixtureTime(i))}
		if _, err := links.Insert().Exec(ctx, c, rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	type node struct {
		ID   int64
		Mine []int64
		Of   *int64
	}
	id := drey.Select(links.OrderBy(links.ID.Asc()), func(p *drey.Projection[inLinks], to *int64) { drey.ReadInto(p, links.ID, to) })
	q := drey.Select(links.OrderBy(links.ID.Asc()), func(p *drey.Projection[inLinks], to *node) {
		drey.ReadInto(p, links.ID, &to.ID)
		drey.ReadMany(p, linkToUsers, id, &to.Mine)
		drey.ReadOne(p, linkToUser, id, &to.Of)
	})
	want, err := drey.LoadMany(ctx, c, rows, linkToUsers, q)
	if err != nil || len(want) != 34 {
		t.Fatal(len(want), err)
	}
	got, err := inBatch(ctx, c, func(tx *drey.Tx) (map[int64][]node, error) { return drey.LoadMany(ctx, tx, rows, linkToUsers, q) })
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := inBatch(ctx, c, func(tx *drey.Tx) ([]node, error) {
		return q.Where(links.ID.In(make([]int64, 21)...)).All(ctx, tx)
	}); !errors.Is(err, drey.ErrTooManyParameters) {
		t.Error(err)
	}
}
