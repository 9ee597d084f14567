package drey_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/google/go-cmp/cmp"
)

// What relations lead to may be sets and distinct rows, and what they start from, too.
func TestRelationsOfSets(t *testing.T) {
	c, ctx := openForum(t), t.Context()
	all, err := users.OrderBy(users.ID.Asc()).All(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	likedOrLong := drey.Union(posts.Where(posts.Likes.Gt(3)), posts.Where(drey.Length(posts.Title).Gt(5))).OrderBy(posts.ID.Desc())
	for name, q := range map[string]*drey.Query[fixture.InPosts, fixture.Post]{
		"a set":         likedOrLong,
		"a limited set": likedOrLong.Limit(1),
		"distinct rows": posts.Distinct().OrderBy(posts.ID.Desc()),
	} {
		got, err := drey.LoadMany(ctx, c, all, userToPosts, q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, u := range all {
			want, err := q.Limit(100).Where(drey.Exists(users.Where(users.ID.Eq(u.ID)), postToAuthor)).All(ctx, c)
			if name == "a limited set" {
				want, err = likedOrLong.Where(drey.Exists(users.Where(users.ID.Eq(u.ID)), postToAuthor)).Limit(1).All(ctx, c)
			}
			if diff := cmp.Diff(want, append([]fixture.Post{}, got[u.Name]...)); diff != "" || err != nil {
				t.Errorf("%s of %s: %v (-want +got):\n%s", name, u.Name, err, diff)
			}
		}
	}
	if _, err := drey.LoadMany(ctx, c, all, userToPosts, posts.Distinct().Limit(1)); err == nil || !strings.Contains(err.Error(), "distinct") {
		t.Errorf("limited distinct rows: %v", err)
	}
	// A few columns, each once for each user.
	days, err := drey.LoadMany(ctx, c, all, userToPosts, reads(posts.Distinct(), posts.Day).OrderBy(posts.Day.Asc()))
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range all {
		list, err := drey.Pluck(ctx, c, posts.Where(drey.Exists(users.Where(users.ID.Eq(u.ID)), postToAuthor)), posts.Day)
		slices.Sort(list)
		if diff := cmp.Diff(slices.Compact(list), append([]string{}, days[u.Name]...)); diff != "" || err != nil {
			t.Errorf("days of %s: %v (-want +got):\n%s", u.Name, err, diff)
		}
	}
	// Trees of sets, whose levels are sets.
	type node struct {
		fixture.User
		Posts []fixture.Post
	}
	read := func(p *drey.Projection[fixture.InUsers], to *node) {
		drey.ReadRow(p, &users.Query, &to.User)
		drey.ReadMany(p, userToPosts, likedOrLong, &to.Posts)
	}
	whole, err := drey.Select(&users.Query, read).OrderBy(users.ID.Asc()).All(ctx, c)
	if err != nil || len(whole) != len(all) {
		t.Fatal(whole, err)
	}
	both := drey.Union(users.Where(users.ID.Lte(2)), users.Where(users.ID.Gt(1)))
	for name, q := range map[string]*drey.Query[fixture.InUsers, node]{"of a set": drey.Select(both, read), "distinct": drey.Select(users.Distinct(), read)} {
		got, err := q.OrderBy(users.ID.Asc()).All(ctx, c)
		if diff := cmp.Diff(whole, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		got = walk(t, c, q.OrderBy(users.ID.Asc()), 3)
		if diff := cmp.Diff(whole, got); diff != "" {
			t.Errorf("pages %s (-want +got):\n%s", name, diff)
		}
		n, err := q.Count(ctx, c)
		if n != int64(len(whole)) || err != nil {
			t.Errorf("count %s: %d, %v", name, n, err)
		}
		got, n, err = drey.AllAndCount(ctx, c, q.OrderBy(users.ID.Asc()).Limit(2))
		if diff := cmp.Diff(whole[:2], got); diff != "" || n != int64(len(whole)) || err != nil {
			t.Errorf("and count %s: %d, %v (-want +got):\n%s", name, n, err, diff)
		}
	}
	// The short form of a tree.
	short := func(q *drey.Query[fixture.InUsers, fixture.User]) *drey.Query[fixture.InUsers, node] {
		return drey.With(q, userToPosts, likedOrLong, func(to *node) (*fixture.User, *[]fixture.Post) { return &to.User, &to.Posts })
	}
	for name, q := range map[string]*drey.Query[fixture.InUsers, node]{"of a set": short(both), "distinct": short(users.Distinct())} {
		got, err := q.OrderBy(users.ID.Asc()).All(ctx, c)
		if diff := cmp.Diff(whole, got); diff != "" || err != nil {
			t.Errorf("in short, %s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	tree := drey.Select(&users.Query, read)
	for _, q := range []*drey.Query[fixture.InUsers, node]{drey.Union(tree, tree), drey.Except(tree, tree)} {
		if _, err := q.All(ctx, c); err == nil || !strings.Contains(err.Error(), "do not read relations") {
			t.Errorf("a set of trees: %v", err)
		}
	}
	// Levels that are not alike are not one level.
	n := 0
	_, err = drey.Select(&users.Query, func(p *drey.Projection[fixture.InUsers], to *node) {
		n++
		drey.ReadRow(p, &users.Query, &to.User)
		drey.ReadMany(p, userToPosts, drey.Union(posts.Where(posts.ID.Gt(int64(n))), posts.Where()), &to.Posts)
	}).All(ctx, c)
	if err == nil || !strings.Contains(err.Error(), "the same columns for every row") {
		t.Errorf("another set for each row: %v", err)
	}
}

// branch is a user with those below, however deep.
type branch struct {
	Name  string
	Below []branch
}

func readBranch(p *drey.Projection[fixture.InUsers], to *branch) {
	drey.ReadInto(p, users.Name, &to.Name)
	below := drey.Select(drey.Union(users.Where(users.ID.Lte(2)), users.Where(users.ID.Gt(2))), readBranch)
	drey.ReadMany(p, userToUsers, below.OrderBy(users.Name.Asc()), &to.Below)
}

// A tree of one table may go through sets.
func TestRecursiveTreeOfSets(t *testing.T) {
	got, err := drey.Select(users.Where(users.BossID.IsNull()), readBranch).All(t.Context(), openForum(t))
	want := []branch{{"Ada", []branch{{"Bob", []branch{{"Dan", []branch{}}}}, {"Cleo", []branch{}}}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// Names that differ in case alone are equal in a set as they are in their column.
func TestCollationOfSets(t *testing.T) {
	c, ctx := openForum(t), t.Context()
	for name, q := range map[string]*drey.Query[fixture.InUsers, string]{
		"union":    drey.Union(reads(users.Where(users.ID.Eq(1)), users.Name), reads(users.Where(), users.Name)),
		"distinct": reads(users.Distinct(), users.Name),
		"whole":    reads(drey.Union(users.Where(), users.Where(users.ID.Eq(1))), users.Name),
	} {
		found, err := q.Where(users.Name.Eq("ada")).Count(ctx, c)
		if found != 1 || err != nil {
			t.Errorf("%s: found %d, %v", name, found, err)
		}
		names := walk(t, c, q.OrderBy(users.Name.Desc()), 1)
		if diff := cmp.Diff([]string{"Dan", "Cleo", "Bob", "Ada"}, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, err := drey.UnionAll(users.Where(), users.Where()).Page(ctx, c, "", 1); !errors.Is(err, drey.ErrNoKey) {
		t.Error(err)
	}
}
