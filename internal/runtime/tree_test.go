package drey_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

// The rows of the trees here.
type (
	userNode struct {
		fixture.User
		Posts []postNode
	}
	postNode struct {
		fixture.Post
		Comments []fixture.Comment
	}
	titled struct {
		Title  string
		Author *fixture.User
		Tags   []fixture.Tag
	}
	// boss is a user with all that are below.
	boss struct {
		Name string
		Team []boss
	}
)

func readPost(p *drey.Projection[fixture.InPosts], to *postNode) {
	drey.ReadRow(p, &posts.Query, &to.Post)
	drey.ReadMany(p, postToComments, comments.OrderBy(comments.ID.Asc()), &to.Comments)
}

func readUser(p *drey.Projection[fixture.InUsers], to *userNode) {
	drey.ReadRow(p, &users.Query, &to.User)
	drey.ReadMany(p, userToPosts, drey.Select(posts.OrderBy(posts.ID.Asc()), readPost), &to.Posts)
}

func readTitled(p *drey.Projection[fixture.InPosts], to *titled) {
	drey.ReadInto(p, posts.Title, &to.Title)
	drey.ReadOne(p, postToAuthor, &users.Query, &to.Author)
	drey.ReadMany(p, postToTags, tags.OrderBy(tags.Area.Asc(), tags.Name.Desc()), &to.Tags)
}

func readBoss(p *drey.Projection[fixture.InUsers], to *boss) {
	drey.ReadInto(p, users.Name, &to.Name)
	drey.ReadMany(p, userToUsers, drey.Select(users.OrderBy(users.ID.Asc()), readBoss), &to.Team)
}

var (
	userTrees = drey.Select(users.OrderBy(users.ID.Asc()), readUser)
	titles    = drey.Select(posts.OrderBy(posts.ID.Asc()), readTitled)
)

// The forum's rows, and what the trees are.
var (
	ada, bob = fixture.User{ID: 1, Name: "Ada"}, fixture.User{ID: 2, Name: "Bob", BossID: ptr(int64(1))}

	forumUsers = []userNode{
		{ada, []postNode{
			{fixture.Post{ID: 1, Author: ptr("ada"), Title: "Go", Likes: 5, Day: "2026-01-01"}, []fixture.Comment{comment(1, 1, "Bob", "nice"), comment(2, 1, "Cleo", "no")}},
			{fixture.Post{ID: 2, Author: ptr("ADA"), Title: "SQL", Likes: 9, Day: "2026-01-02"}, []fixture.Comment{comment(3, 2, "Bob", "yes")}},
		}},
		{bob, []postNode{{fixture.Post{ID: 3, Author: ptr("Bob"), Title: "Go again", Likes: 2, Day: "2026-01-03"}, []fixture.Comment{comment(4, 3, "Ada", "nice")}}}},
		{fixture.User{ID: 3, Name: "Cleo", BossID: ptr(int64(1))}, []postNode{}},
		{fixture.User{ID: 4, Name: "Dan", BossID: ptr(int64(2))}, []postNode{}},
	}
	forumTitles = []titled{
		{"Go", &ada, []fixture.Tag{tag(1, "go")}},
		{"SQL", &ada, []fixture.Tag{tag(1, "sql"), tag(1, "go")}},
		{"Go again", &bob, []fixture.Tag{tag(2, "go")}},
		{"Anonymous", nil, []fixture.Tag{}},
	}
)

func comment(id, post int64, author, body string) fixture.Comment {
	return fixture.Comment{ID: id, PostID: post, Author: author, Body: body}
}

func tag(area int64, name string) fixture.Tag { return fixture.Tag{Area: area, Name: name} }

type statement struct {
	text string
	args []any
}

func (s statement) String() string { return fmt.Sprint(s.text, " ", s.args) }

// openWatched opens the forum, and a list of the statements that read.
func openWatched(t *testing.T) (*drey.Client, *[]statement) {
	var mu sync.Mutex
	said := new([]statement)
	on := func(_ context.Context, s drey.Statement) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasPrefix(s.SQL, "SELECT") || strings.HasPrefix(s.SQL, "WITH") {
			values := make([]any, len(s.Args))
			for i, a := range s.Args {
				values[i] = a.Value
			}
			*said = append(*said, statement{s.SQL, values})
		}
	}
	c := fixture.OpenMemory(t, []sqlite.Migration{{Version: 1, Name: "00001_forum.sql", Up: []string{fixture.Forum, fixture.ForumRows}}},
		sqlite.Options{OnStatement: on, Arguments: true})
	*said = nil
	return c, said
}

// Each level is one statement, with its filters, orders and limits.
func TestTreeSQL(t *testing.T) {
	const (
		keys1, keys2, keys4 = `(SELECT column1 AS "row's number", column2 AS "row's key 0" FROM (VALUES (0, ?)))`,
			`(SELECT column1 AS "row's number", column2 AS "row's key 0" FROM (VALUES (0, ?), (1, ?)))`,
			`(SELECT column1 AS "row's number", column2 AS "row's key 0" FROM (VALUES (0, ?), (1, ?), (2, ?), (3, ?)))`
		links4 = `(SELECT "row's keys"."row's number", "post_tags"."area" AS "row's key 0", "post_tags"."tag" AS "row's key 1" FROM ` + keys4 +
			` AS "row's keys" JOIN "post_tags" ON "post_tags"."post_id" = "row's keys"."row's key 0")`
		bosses = `SELECT "name", +"id" AS "expression 1" FROM "users" `
		team   = `SELECT "name", +"id" AS "expression 1", "row's keys"."row's number" FROM "users" JOIN `
		below  = ` AS "row's keys" ON "users"."boss_id" = "row's keys"."row's key 0" ORDER BY "id" ASC `
		likes  = `SELECT "title", ("likes" + ?) AS "expression 1", "row's keys"."row's number"`
	)
	type liked struct {
		Title string
		Likes int64
	}
	type author struct {
		Name  string
		Posts []liked
		Best  *liked
	}
	readLiked := func(p *drey.Projection[fixture.InPosts], to *liked) {
		drey.ReadInto(p, posts.Title, &to.Title)
		drey.ReadInto(p, drey.Plus(posts.Likes, drey.Of(posts.Likes, 10)), &to.Likes)
	}
	authors := func(q *drey.Query[fixture.InPosts, liked], all bool) *drey.Query[fixture.InUsers, author] {
		return drey.Select(users.OrderBy(users.ID.Asc()).Limit(2), func(p *drey.Projection[fixture.InUsers], to *author) {
			drey.ReadInto(p, users.Name, &to.Name)
			if all {
				drey.ReadMany(p, userToPosts, q, &to.Posts)
			}
		})
	}
	some := drey.Select(posts.Where(posts.Likes.Gt(1)), readLiked)
	byTitle := some.OrderBy(drey.Concat(posts.Title, drey.Of(posts.Title, "!")).Desc())
	for _, test := range []struct {
		name string
		read func(context.Context, drey.Conn) (any, error)
		want any
		said []string
	}{
		{"users with posts with comments", func(ctx context.Context, c drey.Conn) (any, error) { return userTrees.All(ctx, c) }, forumUsers, []string{
			`SELECT "id", "name", "boss_id", +"name" AS "expression 3" FROM "users" ORDER BY "id" ASC []`,
			`SELECT "id", "author", "title", "likes", "day", +"id" AS "expression 5", "row's keys"."row's number" FROM "posts" JOIN ` + keys4 +
				` AS "row's keys" ON "posts"."author" = "row's keys"."row's key 0" COLLATE "NOCASE" ORDER BY "id" ASC [Ada Bob Cleo Dan]`,
			`SELECT "id", "post_id", "author", "body", "row's keys"."row's number" FROM "comments" JOIN ` + keys4 +
				` AS "row's keys" ON "comments"."post_id" = "row's keys"."row's key 0" ORDER BY "id" ASC [1 2 3 <nil>]`,
		}},
		{"one that may be absent, and a link table", func(ctx context.Context, c drey.Conn) (any, error) { return titles.All(ctx, c) }, forumTitles, []string{
			`SELECT "title", +"author" AS "expression 1", +"id" AS "expression 2" FROM "posts" ORDER BY "id" ASC []`,
			`SELECT "id", "name", "boss_id", "row's keys"."row's number" FROM "users" JOIN ` + keys4 +
				` AS "row's keys" ON "users"."name" = "row's keys"."row's key 0" [ada ADA Bob <nil>]`,
			`SELECT "area", "name", "row's keys"."row's number" FROM "tags" JOIN ` + links4 +
				` AS "row's keys" ON "tags"."area" = "row's keys"."row's key 0" AND "tags"."name" = "row's keys"."row's key 1" ORDER BY "area" ASC, "name" DESC [1 2 3 4]`,
		}},
		{
			"a table below itself, for as long as there are rows",
			func(ctx context.Context, c drey.Conn) (any, error) {
				return drey.Select(users.Where(users.BossID.IsNull()), readBoss).All(ctx, c)
			},
			[]boss{{"Ada", []boss{{"Bob", []boss{{"Dan", []boss{}}}}, {"Cleo", []boss{}}}}},
			[]string{bosses + `WHERE "boss_id" IS NULL []`, team + keys1 + below + `[1]`, team + keys2 + below + `[2 3]`, team + keys1 + below + `[4]`},
		},
		{
			"a level that is not asked for", func(ctx context.Context, c drey.Conn) (any, error) { return authors(some, false).All(ctx, c) },
			[]author{{Name: "Ada"}, {Name: "Bob"}}, []string{`SELECT "name" FROM "users" ORDER BY "id" ASC LIMIT ? [2]`},
		},
		{
			"computed columns", func(ctx context.Context, c drey.Conn) (any, error) { return authors(byTitle, true).All(ctx, c) },
			[]author{{Name: "Ada", Posts: []liked{{"SQL", 19}, {"Go", 15}}}, {Name: "Bob", Posts: []liked{{"Go again", 12}}}},
			[]string{
				`SELECT "name", +"name" AS "expression 1" FROM "users" ORDER BY "id" ASC LIMIT ? [2]`,
				likes + ` FROM "posts" JOIN ` + keys2 + ` AS "row's keys" ON "posts"."author" = "row's keys"."row's key 0" COLLATE "NOCASE" ` +
					`WHERE "likes" > ? ORDER BY ("title" || ?) DESC [10 Ada Bob 1 !]`,
			},
		},
		{
			"computed columns of the first", func(ctx context.Context, c drey.Conn) (any, error) {
				return authors(byTitle.Limit(1), true).All(ctx, c)
			},
			[]author{{Name: "Ada", Posts: []liked{{"SQL", 19}}}, {Name: "Bob", Posts: []liked{{"Go again", 12}}}},
			[]string{
				`SELECT "name", +"name" AS "expression 1" FROM "users" ORDER BY "id" ASC LIMIT ? [2]`,
				likes + ` FROM "posts" JOIN ` + keys2 + ` AS "row's keys" ON ("posts"."id") IN (SELECT "id" FROM "posts" WHERE "likes" > ? ` +
					`AND "posts"."author" = "row's keys"."row's key 0" COLLATE "NOCASE" ORDER BY ("title" || ?) DESC, "id" LIMIT ?) ` +
					`ORDER BY ("title" || ?) DESC, "id" [10 Ada Bob 1 ! 1 !]`,
			},
		},
		{
			"the first of many through a link table", func(ctx context.Context, c drey.Conn) (any, error) {
				type tagged struct{ First []string }
				name := drey.Select(tags.OrderBy(tags.Name.Asc()).Limit(1), func(p *drey.Projection[fixture.InTags], to *string) {
					drey.ReadInto(p, drey.Concat(tags.Name, drey.Of(tags.Name, "!")), to)
				})
				rows, err := drey.Select(posts.OrderBy(posts.ID.Asc()), func(p *drey.Projection[fixture.InPosts], to *tagged) {
					drey.ReadMany(p, postToTags, name, &to.First)
				}).All(ctx, c)
				var first [][]string
				for _, r := range rows {
					first = append(first, r.First)
				}
				return first, err
			},
			[][]string{{"go!"}, {"go!"}, {"go!"}, {}},
			[]string{
				`SELECT +"id" AS "expression 0" FROM "posts" ORDER BY "id" ASC []`,
				`SELECT "expression 0", "row's number" FROM (SELECT ("name" || ?) AS "expression 0", "row's keys"."row's number", ` +
					`ROW_NUMBER() OVER (PARTITION BY "row's keys"."row's number" ORDER BY "name" ASC, "area", "name") AS "row's rank" FROM "tags" JOIN ` + links4 +
					` AS "row's keys" ON "tags"."area" = "row's keys"."row's key 0" AND "tags"."name" = "row's keys"."row's key 1") AS "tags" ` +
					`WHERE "row's rank" <= ? ORDER BY "row's rank" [! 1 2 3 4 1]`,
			},
		},
		{"two columns", func(ctx context.Context, c drey.Conn) (any, error) {
			type tagged struct {
				Tag   fixture.Tag
				Posts []string
			}
			title := drey.Select(posts.OrderBy(posts.ID.Asc()), func(p *drey.Projection[fixture.InPosts], to *string) { drey.ReadInto(p, posts.Title, to) })
			rows, err := drey.Select(tags.OrderBy(tags.Area.Asc(), tags.Name.Asc()).Limit(2), func(p *drey.Projection[fixture.InTags], to *tagged) {
				drey.ReadRow(p, &tags.Query, &to.Tag)
				drey.ReadMany(p, tagToPosts, title, &to.Posts)
			}).All(ctx, c)
			return fmt.Sprint(rows), err
		}, "[{{1 go} [Go SQL]} {{1 sql} [SQL]}]", []string{
			`SELECT "area", "name", +"area" AS "expression 2", +"name" AS "expression 3" FROM "tags" ORDER BY "area" ASC, "name" ASC LIMIT ? [2]`,
			`SELECT "title", "row's keys"."row's number" FROM "posts" JOIN (SELECT "row's keys"."row's number", "post_tags"."post_id" AS "row's key 0" FROM ` +
				`(SELECT column1 AS "row's number", column2 AS "row's key 0", column3 AS "row's key 1" FROM (VALUES (0, ?, ?), (1, ?, ?))) AS "row's keys" ` +
				`JOIN "post_tags" ON "post_tags"."area" = "row's keys"."row's key 0" AND "post_tags"."tag" = "row's keys"."row's key 1") AS "row's keys" ` +
				`ON "posts"."id" = "row's keys"."row's key 0" ORDER BY "id" ASC [1 go 1 sql]`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, said := openWatched(t)
			for range 2 { // rendered, then from the cache
				*said = nil
				got, err := test.read(t.Context(), c)
				if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
					t.Fatalf("%v (-want +got):\n%s", err, diff)
				}
				texts := make([]string, len(*said))
				for i, s := range *said {
					texts[i] = s.String()
				}
				if diff := cmp.Diff(test.said, texts); diff != "" {
					t.Fatalf("statements (-want +got):\n%s", diff)
				}
			}
			// What rows lead to is looked up, and no table is read as a whole.
			for _, s := range (*said)[1:] {
				plan := planOf(t, c, s.text, s.args)
				for _, table := range []string{"users", "posts", "comments", "tags", "post_tags"} {
					scans := strings.Contains(plan, "SCAN "+table) && !strings.Contains(plan, "CO-ROUTINE "+table)
					if scans || !strings.Contains(plan, "SEARCH ") {
						t.Errorf("%s\n%s", s, plan)
					}
				}
			}
		})
	}
}

// Whatever runs a query of rows runs one of trees.
func TestTree(t *testing.T) {
	c, said := openWatched(t)
	ctx := t.Context()
	same := func(name string, got, want any, err error) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	one, err := userTrees.Where(users.Name.Eq("ada")).One(ctx, c)
	same("One", one, forumUsers[0], err)
	one, err = userTrees.Offset(1).First(ctx, c)
	same("First", one, forumUsers[1], err)
	one, err = userTrees.Where(users.Name.Eq("nobody")).One(ctx, c)
	same("One of none", one, userNode{}, nil)
	if err != sql.ErrNoRows {
		t.Error(err)
	}
	none, err := userTrees.Where(users.Name.Eq("nobody")).All(ctx, c)
	same("All of none", none, []userNode{}, err)
	rows, total, err := drey.AllAndCount(ctx, c, userTrees.Limit(2))
	same("AllAndCount", rows, forumUsers[:2], err)
	if n, err := userTrees.Count(ctx, c); n != 4 || total != 4 || err != nil {
		t.Errorf("Count: %d, %d, %v", n, total, err)
	}
	var pages []userNode
	cursor, back := "", ""
	for {
		*said = nil
		page, err := userTrees.Page(ctx, c, cursor, 1)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page.Rows...)
		if len(*said) > 1 && strings.Contains((*said)[1].String(), "Bob") == (len(pages) != 2) {
			t.Errorf("page %d asks for what it does not have:\n%s", len(pages), (*said)[1])
		}
		if cursor = page.Next; cursor == "" {
			break
		}
		back = page.Prev
	}
	same("Page", pages, forumUsers, nil)
	page, err := userTrees.Page(ctx, c, back, 3)
	if err != nil {
		t.Fatal(err)
	}
	same("Page before", page.Rows, forumUsers[:2], nil)
	team, err := drey.LoadMany(ctx, c, []fixture.User{ada, bob}, userToUsers, userTrees)
	same("LoadMany", team, map[int64][]userNode{1: forumUsers[1:3], 2: forumUsers[3:]}, err)
	bosses, err := drey.LoadOne(ctx, c, []fixture.User{ada, bob}, userToBoss, userTrees)
	same("LoadOne", bosses, map[int64]userNode{1: forumUsers[0]}, err)

	byUser := drey.With(posts.OrderBy(posts.ID.Asc()), postToComments, comments.OrderBy(comments.ID.Asc()),
		func(to *postNode) (*fixture.Post, *[]fixture.Comment) { return &to.Post, &to.Comments })
	rows, err = drey.With(users.Where(users.ID.Lt(4)).Distinct(), userToPosts, byUser, func(to *userNode) (*fixture.User, *[]postNode) { return &to.User, &to.Posts }).
		OrderBy(users.ID.Asc()).All(ctx, c)
	same("With", rows, forumUsers[:3], err)

	// A row that comes twice has its own related rows each time.
	all := posts.Where()
	twice := drey.Select(drey.From(all, squirrel.Expr("SELECT * FROM posts WHERE id = 1 UNION ALL SELECT * FROM posts WHERE id = 1")), readPost)
	pair, err := twice.All(ctx, c)
	if err != nil || len(pair) != 2 {
		t.Fatal(pair, err)
	}
	pair[0].Comments[0].Body = "changed"
	same("a row twice", pair[1], forumUsers[0].Posts[0], nil)
	shared, err := titles.All(ctx, c)
	if err != nil || shared[0].Author == shared[1].Author { // ada and ADA are two keys
		t.Error(shared, err)
	}
	shared, err = drey.Select(drey.From(all, squirrel.Expr("SELECT * FROM posts WHERE id = 1 UNION ALL SELECT * FROM posts WHERE id = 1")), readTitled).All(ctx, c)
	if err != nil || shared[0].Author != shared[1].Author {
		t.Error("a row that both refer to is not shared:", shared, err)
	}

	// In a transaction, all levels are of its state.
	errUndo := fmt.Errorf("undo")
	err = c.Tx(ctx, func(tx *drey.Tx) error {
		if _, err := comments.Delete().EveryRow().Exec(ctx, tx); err != nil {
			return err
		}
		one, err := userTrees.First(ctx, tx)
		if err != nil || len(one.Posts) != 2 || len(one.Posts[0].Comments) != 0 {
			t.Error(one, err)
		}
		return errUndo
	})
	if err != errUndo {
		t.Error(err)
	}
	err = c.Snapshot(ctx, func(tx *drey.Tx) error {
		rows, err := userTrees.All(ctx, tx)
		same("Snapshot", rows, forumUsers, err)
		return nil
	})
	if err != nil {
		t.Error(err)
	}

	// A query is used by many at once.
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				rows, err := userTrees.All(ctx, c)
				if diff := cmp.Diff(forumUsers, rows); diff != "" || err != nil {
					t.Errorf("%v\n%s", err, diff)
				}
			}
		})
	}
	group.Wait()
}

// An engine that takes few values gets several statements for a level.
func TestTreeOfMany(t *testing.T) {
	c := openBackend(t, drey.Backend{Parameters: 20})
	ctx := t.Context()
	rows := make([]link, 100)
	for i := range rows {
		rows[i] = link{ID: int64(i + 2), UserID: int64(i/3 + 2), Slug: fmt.Sprint(i), Created: drey.Unix(fixtureTime(i))}
	}
	for i := 0; i < len(rows); i += 2 {
		if _, err := links.Insert().Exec(ctx, c, rows[i:i+2]...); err != nil {
			t.Fatal(err)
		}
	}
	type node struct {
		ID   int64
		Mine []int64
		Of   *int64
	}
	id := drey.Select(links.OrderBy(links.ID.Asc()), func(p *drey.Projection[inLinks], to *int64) { drey.ReadInto(p, links.ID, to) })
	nodes, err := drey.Select(links.OrderBy(links.ID.Asc()), func(p *drey.Projection[inLinks], to *node) {
		drey.ReadInto(p, links.ID, &to.ID)
		drey.ReadMany(p, linkToUsers, id, &to.Mine)
		drey.ReadOne(p, linkToUser, id, &to.Of)
	}).All(ctx, c)
	if err != nil || len(nodes) != 101 {
		t.Fatal(len(nodes), err)
	}
	for _, n := range nodes[1:] {
		want := []int64{}
		for _, r := range rows {
			if r.UserID == n.ID {
				want = append(want, r.ID)
			}
		}
		if diff := cmp.Diff(want, n.Mine); diff != "" || n.Of == nil || *n.Of != rows[n.ID-2].UserID {
			t.Errorf("of %d: %v %s", n.ID, n.Of, diff)
		}
	}
}

// What a tree cannot be is an error that says so.
func TestTreeFails(t *testing.T) {
	c, ctx := openForum(t), t.Context()
	if _, err := users.Update(users.BossID.Set(4)).Where(users.ID.Eq(1)).Exec(ctx, c); err != nil {
		t.Fatal(err)
	}
	n := 0
	reading := func(read func(p *drey.Projection[fixture.InUsers], to *userNode)) error {
		n = 0
		return second(drey.Select(users.OrderBy(users.ID.Asc()), func(p *drey.Projection[fixture.InUsers], to *userNode) {
			n++
			read(p, to)
		}).All(ctx, c))
	}
	var noRelation *drey.ToMany[fixture.InUsers, fixture.User, string, fixture.InPosts]
	node := drey.Select(&posts.Query, readPost)
	var iterated error
	for _, err := range userTrees.Iter(ctx, c) {
		iterated = err
	}
	inBatch := func(step func(tx *drey.Tx) error) error {
		var b drey.Batch
		b.Do(step)
		return b.Run(ctx, c)
	}
	const others = "a projection reads the same columns for every row"
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"Iter": {iterated, "All, One, First, Page"},
		"a circle in a batch": {inBatch(func(tx *drey.Tx) error {
			return second(drey.Select(&users.Query, readBoss).All(ctx, tx))
		}), "at most 10 levels"},
		"a limit without a key in a batch": {inBatch(func(tx *drey.Tx) error {
			return second(drey.Select(drey.From(&users.Query, squirrel.Expr("SELECT * FROM users")), readUser).Limit(1).All(ctx, tx))
		}), "needs a key"},
		"a level with a limit without a key in a batch": {inBatch(func(tx *drey.Tx) error {
			level := drey.Select(drey.From(&posts.Query, squirrel.Expr("SELECT * FROM posts")), readPost).Limit(1)
			return second(drey.Select(&users.Query, func(p *drey.Projection[fixture.InUsers], to *userNode) {
				drey.ReadMany(p, userToPosts, level, &to.Posts)
			}).All(ctx, tx))
		}), "needs a key"},
		"a circle": {second(drey.Select(&users.Query, readBoss).All(ctx, c)), "at most 100 levels"},
		"a relation that is not there": {reading(func(p *drey.Projection[fixture.InUsers], to *userNode) {
			drey.ReadMany(p, noRelation, node, &to.Posts)
		}), "not nil"},
		"a relation to load by":     {second(drey.LoadMany(ctx, c, []fixture.User{ada}, noRelation, node)), "not nil"},
		"a match that is not there": {second(users.Where(drey.Exists(&posts.Query, noRelation)).All(ctx, c)), "not nil"},
		"a query that is not there": {reading(func(p *drey.Projection[fixture.InUsers], to *userNode) {
			drey.ReadMany(p, userToPosts, nil, &to.Posts)
		}), "a Query is made from a source"},
		"the row of a query": {reading(func(p *drey.Projection[fixture.InUsers], to *userNode) {
			drey.ReadRow(p, users.Where(users.ID.Eq(1)), &to.User)
		}), "ReadRow reads the row of a source"},
		"With of a projection": {second(drey.With(drey.Select(&users.Query, func(p *drey.Projection[fixture.InUsers], to *fixture.User) {
			drey.ReadInto(p, users.Name, &to.Name)
		}), userToPosts, node, func(to *userNode) (*fixture.User, *[]postNode) { return &to.User, &to.Posts }).All(ctx, c)), "ReadRow reads the row of a source"},
		"fewer levels": {reading(func(p *drey.Projection[fixture.InUsers], to *userNode) {
			drey.ReadInto(p, users.ID, &to.ID)
			if n < 3 {
				drey.ReadMany(p, userToPosts, node, &to.Posts)
			}
		}), others},
		"more levels": {reading(func(p *drey.Projection[fixture.InUsers], to *userNode) {
			drey.ReadInto(p, users.ID, &to.ID)
			if n > 1 {
				drey.ReadMany(p, userToPosts, node, &to.Posts)
			}
		}), others},
		"more levels than one": {reading(func(p *drey.Projection[fixture.InUsers], to *userNode) {
			drey.ReadMany(p, userToPosts, node, &to.Posts)
			if n > 1 {
				drey.ReadMany(p, userToPosts, node, &to.Posts)
			}
		}), others},
		"another query": {reading(func(p *drey.Projection[fixture.InUsers], to *userNode) {
			drey.ReadMany(p, userToPosts, node.Where(posts.ID.Gt(int64(n))), &to.Posts)
		}), others},
		"another limit": {reading(func(p *drey.Projection[fixture.InUsers], to *userNode) {
			drey.ReadMany(p, userToPosts, node.Limit(n), &to.Posts)
		}), others},
		"another text": {reading(func(p *drey.Projection[fixture.InUsers], to *userNode) {
			drey.ReadMany(p, userToPosts, node.Where(drey.Native(&posts.Query, squirrel.Expr("id > ?", n))), &to.Posts)
		}), others},
		"a level that fails": {reading(func(p *drey.Projection[fixture.InUsers], to *userNode) {
			drey.ReadMany(p, userToPosts, node.Limit(-1), &to.Posts)
		}), drey.ErrNegativeLimit.Error()},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%s: %v", name, test.err)
		}
	}
	// A query that is made anew for each row is the same.
	err := reading(func(p *drey.Projection[fixture.InUsers], to *userNode) {
		drey.ReadMany(p, userToPosts, node.Where(posts.ID.Gt(1), drey.Native(&posts.Query, squirrel.Expr("id > ?", 1))).OrderBy(posts.ID.Asc()), &to.Posts)
	})
	if err != nil {
		t.Error(err)
	}
}
