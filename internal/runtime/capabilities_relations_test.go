package drey_test

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

// The forum, by short names.
var (
	users, posts, comments, tags = &fixture.Users, &fixture.Posts, &fixture.Comments, &fixture.Tags

	userToPosts, postToAuthor, userToBoss, userToUsers    = fixture.UserToPosts, fixture.PostToAuthor, fixture.UserToBoss, fixture.UserToUsers
	postToComments, commentToPost, postToTags, tagToPosts = fixture.PostToComments, fixture.CommentToPost, fixture.PostToTags, fixture.TagToPosts
)

func openForum(t *testing.T) *drey.Client {
	return fixture.OpenMemory(t, []sqlite.Migration{{Version: 1, Name: "00001_forum.sql", Up: []string{fixture.Forum, fixture.ForumRows}}}, sqlite.Options{})
}

// asked is a query that reads relations, with its SQL.
type asked struct {
	name string
	sql  string
	args []any
	plan []string // lines of the plan
	q    interface{ ToSql() (string, []any, error) }
	got  func(context.Context, drey.Conn) (any, error)
	want any
}

// rows is a query with the rows that it finds.
func rows[S, R any](name, text string, args []any, plan []string, q *drey.Query[S, R], want ...R) asked {
	return asked{name, text, args, plan, q, func(ctx context.Context, c drey.Conn) (any, error) { return q.All(ctx, c) }, want}
}

// plucked is a query with what it finds in a column.
func plucked[S, R, T, V any](name, text string, args []any, plan []string, q *drey.Query[S, R], of drey.Handle[S, T, V], want ...V) asked {
	return asked{name, text, args, plan, q, func(ctx context.Context, c drey.Conn) (any, error) { return drey.Pluck(ctx, c, q, of) }, want}
}

// values is a query of one value of each row.
func values[S, R, T, V any](name, text string, args []any, plan []string, q *drey.Query[S, R], of drey.Handle[S, T, V], want ...V) asked {
	type row struct{ v V }
	one := drey.Select(q, func(p *drey.Projection[S], to *row) { drey.ReadInto(p, of, &to.v) })
	test := plucked(name, text, args, plan, q, of, want...)
	test.q = one
	return test
}

// What Kysely and Drizzle say of relations and joins, in exact SQL, its values, what it
// finds, and what SQLite goes by to find it.
func TestRelationsInQueries(t *testing.T) {
	const (
		userRows    = `SELECT "id", "name", "boss_id" FROM "users" `
		postRows    = `SELECT "id", "author", "title", "likes", "day" FROM "posts" `
		postsOfUser = `AS "query's rows" WHERE "query's rows"."author" = "users"."name" COLLATE "NOCASE"`
		tagsOfPost  = `AS "query's rows" JOIN "post_tags" AS "row's links" ON "query's rows"."area" = "row's links"."area" AND "query's rows"."name" = "row's links"."tag" ` +
			`WHERE "row's links"."post_id" = "posts"."id"`
		byAuthor = "posts USING INDEX posts_author (author=?)"
		byName   = "users USING INDEX sqlite_autoindex_users_1 (name=?)"
		byID     = "USING INTEGER PRIMARY KEY (rowid=?)"
	)
	nameOf := func(q *drey.Query[fixture.InUsers, fixture.User]) drey.Expression[fixture.InPosts, string, sql.Null[string]] {
		return drey.Scalar(users.Name, q, postToAuthor)
	}
	c, ctx := openForum(t), t.Context()
	for _, test := range []asked{
		// Predicates: a parent by its children, by those that it does not have, by their number.
		plucked("exists", userRows+`WHERE EXISTS (SELECT 1 FROM (SELECT "author" FROM "posts" WHERE "likes" > ?) `+postsOfUser+`)`, []any{int64(4)},
			[]string{"SEARCH " + byAuthor},
			users.Where(drey.Exists(posts.Where(posts.Likes.Gt(4)), userToPosts)), users.Name, "Ada"),
		plucked("not exists", userRows+`WHERE (NOT EXISTS (SELECT 1 FROM (SELECT "author" FROM "posts") `+postsOfUser+`))`, nil,
			[]string{"SEARCH posts USING COVERING INDEX posts_author (author=?)"},
			users.Where(drey.Not(drey.Exists(&posts.Query, userToPosts))), users.Name, "Cleo", "Dan"),
		plucked("count", userRows+`WHERE (SELECT COUNT(*) FROM (SELECT "author" FROM "posts" WHERE "likes" > ?) `+postsOfUser+`) >= ?`, []any{int64(1), int64(2)},
			[]string{"SEARCH " + byAuthor},
			users.Where(drey.CountOf(posts.Where(posts.Likes.Gt(1)), userToPosts).Gte(2)), users.Name, "Ada"),
		plucked("a child by its parent", postRows+`WHERE EXISTS (SELECT 1 FROM (SELECT "name" FROM "users" WHERE "boss_id" = ?) AS "query's rows" `+
			`WHERE "query's rows"."name" = "posts"."author")`, []any{int64(1)}, []string{"SEARCH " + byName},
			posts.Where(drey.Exists(users.Where(users.BossID.Eq(1)), postToAuthor)), posts.Title, "Go again"),

		// Through a link table, from both of its sides.
		plucked("exists through a link table", postRows+`WHERE EXISTS (SELECT 1 FROM (SELECT "area", "name" FROM "tags" WHERE "name" = ?) `+tagsOfPost+`)`, []any{"sql"},
			[]string{"SEARCH row's links USING PRIMARY KEY (post_id=?)", "SEARCH tags USING PRIMARY KEY (area=? AND name=?)"},
			posts.Where(drey.Exists(tags.Where(tags.Name.Eq("sql")), postToTags)), posts.Title, "SQL"),
		plucked("count through a link table", postRows+`WHERE (SELECT COUNT(*) FROM (SELECT "area", "name" FROM "tags") `+tagsOfPost+`) = ?`, []any{int64(2)},
			[]string{"SEARCH row's links USING PRIMARY KEY (post_id=?)"},
			posts.Where(drey.CountOf(&tags.Query, postToTags).Eq(2)), posts.Title, "SQL"),
		rows("two columns through a link table", `SELECT "area", "name" FROM "tags" WHERE EXISTS (SELECT 1 FROM (SELECT "id" FROM "posts" WHERE "likes" > ?) `+
			`AS "query's rows" JOIN "post_tags" AS "row's links" ON "query's rows"."id" = "row's links"."post_id" `+
			`WHERE "row's links"."area" = "tags"."area" AND "row's links"."tag" = "tags"."name")`, []any{int64(4)},
			[]string{"SEARCH row's links USING COVERING INDEX post_tags_tag (area=? AND tag=?)", "SEARCH posts " + byID},
			tags.Where(drey.Exists(posts.Where(posts.Likes.Gt(4)), tagToPosts)), fixture.Tag{Area: 1, Name: "go"}, fixture.Tag{Area: 1, Name: "sql"}),

		// A table and itself, and levels below a level.
		plucked("children in the same table", userRows+`WHERE EXISTS (SELECT 1 FROM (SELECT "boss_id" FROM "users" WHERE "name" = ?) AS "query's rows" `+
			`WHERE "query's rows"."boss_id" = "users"."id")`, []any{"dan"}, []string{"SEARCH " + byName},
			users.Where(drey.Exists(users.Where(users.Name.Eq("dan")), userToUsers)), users.Name, "Bob"),
		plucked("a parent in the same table", userRows+`WHERE EXISTS (SELECT 1 FROM (SELECT "id" FROM "users" WHERE "name" <> ?) AS "query's rows" `+
			`WHERE "query's rows"."id" = "users"."boss_id")`, []any{"bob"}, []string{"SEARCH users " + byID},
			users.Where(drey.Exists(users.Where(users.Name.NotEq("bob")), userToBoss)), users.Name, "Bob", "Cleo"),
		plucked("two levels of the same table", userRows+`WHERE EXISTS (SELECT 1 FROM (SELECT "boss_id" FROM "users" WHERE EXISTS (`+
			`SELECT 1 FROM (SELECT "boss_id" FROM "users" WHERE "id" > ?) AS "query's rows" WHERE "query's rows"."boss_id" = "users"."id")) AS "query's rows" `+
			`WHERE "query's rows"."boss_id" = "users"."id")`, []any{int64(1)}, []string{"SEARCH users USING COVERING INDEX users_boss (boss_id=?)"},
			users.Where(drey.Exists(users.Where(drey.Exists(users.Where(users.ID.Gt(1)), userToUsers)), userToUsers)), users.Name, "Ada"),
		plucked("levels of three tables", userRows+`WHERE EXISTS (SELECT 1 FROM (SELECT "author" FROM "posts" WHERE EXISTS (`+
			`SELECT 1 FROM (SELECT "post_id" FROM "comments" WHERE "author" = ?) AS "query's rows" WHERE "query's rows"."post_id" = "posts"."id")) `+postsOfUser+`)`,
			[]any{"Ada"}, []string{"SEARCH posts USING COVERING INDEX posts_author", "SEARCH comments USING INDEX comments_post (post_id=?)"},
			users.Where(drey.Exists(posts.Where(drey.Exists(comments.Where(comments.Author.Eq("Ada")), postToComments)), userToPosts)), users.Name, "Bob"),

		// Orders: by the number of children, by a column of a parent, by one of a parent's parent.
		plucked("order by a count", userRows+`ORDER BY (SELECT COUNT(*) FROM (SELECT "author" FROM "posts") `+postsOfUser+`) DESC, "id" ASC`, nil,
			[]string{"SEARCH posts USING COVERING INDEX posts_author (author=?)"},
			users.OrderBy(drey.CountOf(&posts.Query, userToPosts).Desc(), users.ID.Asc()), users.Name, "Ada", "Bob", "Cleo", "Dan"),
		plucked("order through a to-one relation", postRows+`ORDER BY (SELECT "query's rows"."name" FROM (SELECT "name", "name" FROM "users") AS "query's rows" `+
			`WHERE "query's rows"."name" = "posts"."author" LIMIT 1) DESC NULLS FIRST, "id" ASC`, nil, []string{"SEARCH users USING COVERING INDEX sqlite_autoindex_users_1 (name=?)"},
			posts.OrderBy(nameOf(&users.Query).Desc().NullsFirst(), posts.ID.Asc()), posts.ID, 4, 3, 1, 2),
		plucked("order through two", `SELECT "id", "post_id", "author", "body" FROM "comments" ORDER BY (SELECT "query's rows"."expression 0" FROM (SELECT (`+
			`SELECT "query's rows"."boss_id" FROM (SELECT "boss_id", "name" FROM "users") AS "query's rows" WHERE "query's rows"."name" = "posts"."author" LIMIT 1) AS "expression 0", "id" `+
			`FROM "posts") AS "query's rows" WHERE "query's rows"."id" = "comments"."post_id" LIMIT 1) DESC, "id" ASC`, nil, []string{"SEARCH " + byName, "SEARCH posts " + byID},
			comments.OrderBy(drey.Scalar(drey.Scalar(users.BossID, &users.Query, postToAuthor), &posts.Query, commentToPost).Desc(), comments.ID.Asc()),
			comments.ID, 4, 1, 2, 3, 5),

		// Columns of a LEFT JOIN, and of the newest child.
		values("a column of a to-one relation", `SELECT (SELECT "query's rows"."name" FROM (SELECT "name", "name" FROM "users") AS "query's rows" `+
			`WHERE "query's rows"."name" = "posts"."author" LIMIT 1) AS "expression 0" FROM "posts" ORDER BY "id" ASC`, nil,
			[]string{"SEARCH users USING COVERING INDEX sqlite_autoindex_users_1 (name=?)"},
			posts.OrderBy(posts.ID.Asc()), nameOf(&users.Query), null("Ada"), null("Ada"), null("Bob"), sql.Null[string]{}),
		values("of some parents", `SELECT (SELECT "query's rows"."name" FROM (SELECT "name", "name" FROM "users" WHERE "boss_id" IS NULL) AS "query's rows" `+
			`WHERE "query's rows"."name" = "posts"."author" LIMIT 1) AS "expression 0" FROM "posts" ORDER BY "id" ASC`, nil, []string{"SEARCH " + byName},
			posts.OrderBy(posts.ID.Asc()), nameOf(users.Where(users.BossID.IsNull())), null("Ada"), null("Ada"), sql.Null[string]{}, sql.Null[string]{}),
		values("of the newest child", `SELECT (SELECT "query's rows"."title" FROM (SELECT "title", "author", "day" FROM "posts") `+postsOfUser+
			` ORDER BY "query's rows"."day" DESC LIMIT 1) AS "expression 0" FROM "users" ORDER BY "id" ASC`, nil, []string{"SEARCH " + byAuthor},
			users.OrderBy(users.ID.Asc()), drey.Scalar(posts.Title, posts.OrderBy(posts.Day.Desc()), userToPosts),
			null("SQL"), null("Go again"), sql.Null[string]{}, sql.Null[string]{}),
		values("the number of children", `SELECT (SELECT COUNT(*) FROM (SELECT "boss_id" FROM "users") AS "query's rows" WHERE "query's rows"."boss_id" = "users"."id") AS "expression 0" `+
			`FROM "users" ORDER BY "id" ASC`, nil, []string{"SEARCH users USING COVERING INDEX users_boss (boss_id=?)"},
			users.OrderBy(users.ID.Asc()), drey.CountOf(&users.Query, userToUsers), 2, 1, 0, 0),
	} {
		t.Run(test.name, func(t *testing.T) {
			text, args, err := test.q.ToSql()
			if err != nil {
				t.Fatal(err)
			}
			if text != test.sql {
				t.Errorf("SQL is\n%s\nwant\n%s", text, test.sql)
			}
			if diff := cmp.Diff(test.args, args); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
			got, err := test.got(ctx, c)
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			plan := planOf(t, c, text, args)
			for _, line := range test.plan {
				if !strings.Contains(plan, line) {
					t.Errorf("the plan does not have %q:\n%s", line, plan)
				}
			}
		})
	}
}

// planOf is what SQLite goes by, without the numbers of its steps.
func planOf(t *testing.T, c drey.Conn, text string, args []any) string {
	rows, err := static(c).QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(step + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}

// A relation stands in what is written, and in what a caller filters by, as it does in a
// query.
func TestRelationsInWrites(t *testing.T) {
	c, ctx := openForum(t), t.Context()
	n := drey.CountOf(&comments.Query, postToComments)
	if _, err := posts.Update(drey.SetTo(posts.Likes, n)).Where(drey.Exists(users.Where(users.Name.In("ada", "bob")), postToAuthor)).Exec(ctx, c); err != nil {
		t.Fatal(err)
	}
	boss := drey.Scalar(users.ID, &users.Query, userToBoss)
	if _, err := users.Update(drey.SetTo(users.BossID, drey.Scalar(drey.Coalesce(boss, 1), &users.Query, userToBoss))).Where(users.ID.Eq(4)).Exec(ctx, c); err != nil {
		t.Fatal(err)
	}
	if _, err := comments.Delete().Where(drey.Not(drey.Exists(posts.Where(posts.Author.IsNotNull()), commentToPost))).Exec(ctx, c); err != nil {
		t.Fatal(err)
	}
	likes, err := drey.Pluck(ctx, c, posts.OrderBy(posts.ID.Asc()), posts.Likes)
	if diff := cmp.Diff([]int64{2, 1, 1, 0}, likes); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	dan, err := users.Where(users.ID.Eq(4)).One(ctx, c)
	if err != nil || dan.BossID == nil || *dan.BossID != 1 {
		t.Error(dan, err)
	}
	if left, err := comments.Count(ctx, c); err != nil || left != 4 {
		t.Error(left, err)
	}
	filters := drey.NewFilters(users.ID).As("posts", drey.CountOf(&posts.Query, userToPosts)).As("boss", drey.Scalar(users.Name, &users.Query, userToBoss))
	q, err := drey.ApplyFilters(users.Where(), filters, url.Values{"posts": {"gte.1"}, "order": {"boss.desc.nullslast,posts.desc"}})
	if err != nil {
		t.Fatal(err)
	}
	names, err := drey.Pluck(ctx, c, q, users.Name)
	if diff := cmp.Diff([]string{"Bob", "Ada"}, names); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

// A table may have the name of whatever a subquery calls its rows by itself.
func TestRelationOfInner(t *testing.T) {
	type row struct{ ID, Up int64 }
	type inInner struct{}
	for _, name := range []string{"inner", "rows", "outer"} {
		rel := drey.Number(&drey.Relation{Name: `"` + name + `"`, Columns: []string{`"id"`, `"up"`}, Key: []uint16{0}, Unique: [][]uint16{{0}}})
		all := drey.NewQuery[inInner](rel, func(r *row, to []any) []any { return append(to, &r.ID, &r.Up) })
		id, up := drey.NewNumberColumn[inInner, int64](rel, 0), drey.NewNumberColumn[inInner, int64](rel, 1)
		down := drey.NewToMany[inInner, inInner](&drey.Route{From: rel, Key: []uint16{0}, To: rel, Columns: []uint16{1}},
			func(r *row, to []any) (int64, []any, bool) { return r.ID, append(to, r.ID), true })
		c := fixture.OpenMemory(t, []sqlite.Migration{{Version: 1, Name: "00001_rows.sql", Up: []string{
			`CREATE TABLE "` + name + `" (id INTEGER PRIMARY KEY, up INTEGER NOT NULL)`, `INSERT INTO "` + name + `" VALUES (1, 3), (2, 1), (3, 1)`,
		}}}, sqlite.Options{})
		for where, p := range map[string]drey.Predicate[inInner]{
			"Exists": drey.Exists(all, down), "On": drey.Exists(all, drey.On(up, id)), "CountOf": drey.CountOf(all, down).Gt(0),
			"InQuery": drey.InQuery(id, all, up), "Scalar": drey.IsNotNull(drey.Scalar(up, all, down)),
		} {
			got, err := drey.Pluck(t.Context(), c, all.Where(p).OrderBy(id.Asc()), id)
			if diff := cmp.Diff([]int64{1, 3}, got); diff != "" || err != nil {
				t.Errorf("%s of %s: %v %s", where, name, err, diff)
			}
		}
	}
}
