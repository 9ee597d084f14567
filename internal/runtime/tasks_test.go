package drey_test

import (
	"context"
	"database/sql"
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/google/go-cmp/cmp"
)

// Twelve tasks, each as short as somebody would write it, with the lines that Kysely or
// Drizzle takes, whichever is shorter. TestTasks counts ours and runs them.

type (
	postGroups = drey.Grouped[fixture.InPosts]
	inPosts    = fixture.InPosts
	likedPosts struct {
		Posts, Likes int64
		Mean, Most   sql.Null[float64]
	}
	ofAuthor struct {
		Author sql.Null[string]
		Posts  int64
		Likes  int64
		Mean   sql.Null[float64]
	}
	titledPost struct {
		Title string
		Boss  sql.Null[int64]
	}
)

var (
	postCount = drey.CountRows[inPosts]()
	likes     = drey.Sum(posts.Likes)
)

func fourAggregates(ctx context.Context, c drey.Conn, by *string) ([]likedPosts, error) {
	return drey.Select(drey.GroupBy(posts.Where(drey.Opt(by, posts.Author.Eq))), func(p *drey.Projection[postGroups], to *likedPosts) {
		drey.ReadInto(p, postCount, &to.Posts)
		drey.ReadInto(p, likes, &to.Likes)
		drey.ReadInto(p, drey.Avg(posts.Likes), &to.Mean)
		drey.ReadInto(p, drey.Cast[float64](drey.Max(posts.Likes)), &to.Most)
	}).All(ctx, c)
}

func groupedByAuthor(ctx context.Context, c drey.Conn, least *int64) ([]ofAuthor, error) {
	return drey.Select(drey.GroupBy(posts.Where(drey.Opt(least, posts.Likes.Gte)), posts.Author), func(p *drey.Projection[postGroups], to *ofAuthor) {
		drey.ReadInto(p, drey.Key(posts.Author), &to.Author)
		drey.ReadInto(p, postCount, &to.Posts)
		drey.ReadInto(p, likes, &to.Likes)
		drey.ReadInto(p, drey.Avg(posts.Likes), &to.Mean)
	}).OrderBy(likes.Desc(), drey.Key(posts.Author).Asc()).All(ctx, c)
}

func groupedByChoice(ctx context.Context, c drey.Conn, by drey.Handle[inPosts, string, string]) ([]drey.Counted[string], error) {
	return drey.CountBy(&posts.Query, by).OrderBy(drey.Key(by).Asc()).All(ctx, c)
}

func userTree(ctx context.Context, c drey.Conn) ([]userNode, error) {
	branch := drey.With(posts.OrderBy(posts.ID.Asc()), postToComments, comments.OrderBy(comments.ID.Asc()),
		func(to *postNode) (*fixture.Post, *[]fixture.Comment) { return &to.Post, &to.Comments })
	return drey.With(users.OrderBy(users.ID.Asc()), userToPosts, branch,
		func(to *userNode) (*fixture.User, *[]postNode) { return &to.User, &to.Posts }).All(ctx, c)
}

func conditionalJoin(ctx context.Context, c drey.Conn, boss bool) ([]titledPost, error) {
	return drey.Select(posts.OrderBy(posts.ID.Asc()), func(p *drey.Projection[inPosts], to *titledPost) {
		drey.ReadInto(p, posts.Title, &to.Title)
		if boss {
			drey.ReadInto(p, drey.Scalar(users.BossID, &users.Query, postToAuthor), &to.Boss)
		}
	}).All(ctx, c)
}

func unionOfTwo(ctx context.Context, c drey.Conn) ([]fixture.Post, error) {
	return drey.Union(posts.Where(posts.Likes.Gte(5)), posts.Where(posts.Author.IsNull())).OrderBy(posts.ID.Asc()).All(ctx, c)
}

func orderByCase(ctx context.Context, c drey.Conn) ([]fixture.Post, error) {
	return posts.OrderBy(drey.When(posts.Author.IsNull(), 0).Else(1).Asc(), posts.ID.Asc()).All(ctx, c)
}

func twoColumns(ctx context.Context, c drey.Conn) (int64, error) {
	return posts.Where(drey.Gt(posts.Likes, posts.ID)).Count(ctx, c)
}

func insertSelected(ctx context.Context, c drey.Conn) (int64, error) {
	return drey.InsertSelect(comments.Insert(), posts.Where(posts.Author.IsNotNull()), drey.SetFrom(comments.PostID, posts.ID),
		drey.SetFrom(comments.Author, drey.NotNull(posts.Author)), drey.SetFrom(comments.Body, posts.Title)).Exec(ctx, c)
}

func setToColumn(ctx context.Context, c drey.Conn, by *string) (int64, error) {
	return posts.Update(drey.SetTo(posts.Title, posts.Day)).Where(drey.Opt(by, posts.Author.Eq), posts.ID.Gt(0)).Exec(ctx, c)
}

func upsertOfBoth(ctx context.Context, c drey.Conn, rows ...fixture.Post) (int64, error) {
	return posts.Insert().OrUpdate(drey.NewKey[inPosts](0), posts.Title).
		Set(drey.SetTo(posts.Likes, drey.Plus(posts.Likes, drey.Excluded(posts.Likes)))).Exec(ctx, c, rows...)
}

func parentByChild(ctx context.Context, c drey.Conn) ([]fixture.User, error) {
	return users.Where(drey.Exists(posts.Where(posts.Likes.Gt(4)), userToPosts)).All(ctx, c)
}

func TestTasks(t *testing.T) {
	c, ctx := openForum(t), t.Context()
	ada := "ada"
	all := func(v any, err error) any {
		if err != nil {
			t.Error(err)
		}
		return v
	}
	// In this order: what comes last changes the rows.
	for _, task := range []struct {
		name  string
		lines int // of ours
		peers int
		got   any
		want  any
	}{
		{"fourAggregates", 6, 6, all(fourAggregates(ctx, c, &ada)), []likedPosts{{1, 5, some(5.0), some(5.0)}}},
		{"groupedByAuthor", 6, 8, all(groupedByAuthor(ctx, c, ptrOf[int64](1))), []ofAuthor{
			{some("ADA"), 1, 9, some(9.0)}, {some("ada"), 1, 5, some(5.0)}, {some("Bob"), 1, 2, some(2.0)},
		}},
		{"groupedByChoice", 1, 5, all(groupedByChoice(ctx, c, drey.Substr(posts.Title, 1, 2))), []drey.Counted[string]{{Value: "An", Count: 1}, {Value: "Go", Count: 2}, {Value: "SQ", Count: 1}}},
		{"userTree", 4, 5, len(all(userTree(ctx, c)).([]userNode)[0].Posts[0].Comments), 2},
		{"conditionalJoin", 6, 4, all(conditionalJoin(ctx, c, true)).([]titledPost)[2], titledPost{"Go again", some(int64(1))}},
		{"unionOfTwo", 1, 4, len(all(unionOfTwo(ctx, c)).([]fixture.Post)), 3},
		{"orderByCase", 1, 1, all(orderByCase(ctx, c)).([]fixture.Post)[0].Title, "Anonymous"},
		{"twoColumns", 1, 1, all(twoColumns(ctx, c)), int64(2)},
		{"parentByChild", 1, 3, len(all(parentByChild(ctx, c)).([]fixture.User)), 1},
		{"insertSelected", 2, 6, all(insertSelected(ctx, c)), int64(3)},
		{"upsertOfBoth", 2, 4, all(upsertOfBoth(ctx, c, fixture.Post{ID: 1, Title: "Go on", Likes: 2})), int64(1)},
		{"setToColumn", 1, 3, all(setToColumn(ctx, c, &ada)), int64(1)},
	} {
		if diff := cmp.Diff(task.want, task.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", task.name, diff)
		}
		if n := linesOf(t, task.name); n != task.lines {
			t.Errorf("%s has %d lines, not %d; Kysely or Drizzle take %d", task.name, n, task.lines, task.peers)
		}
	}
	found, err := posts.Where(posts.ID.Eq(1)).One(ctx, c)
	if want := (fixture.Post{ID: 1, Author: &ada, Title: "2026-01-01", Likes: 7, Day: "2026-01-01"}); !cmp.Equal(found, want) || err != nil {
		t.Errorf("%v, %v", found, err)
	}
}

// linesOf counts the lines in a function of this file.
func linesOf(t *testing.T, name string) int {
	t.Helper()
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, "tasks_test.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == name {
			return files.Position(f.Body.Rbrace).Line - files.Position(f.Body.Lbrace).Line - 1
		}
	}
	t.Fatalf("no function %s", name)
	return 0
}
