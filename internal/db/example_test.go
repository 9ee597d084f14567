package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// The README shows the marked part.
func Example() {
	ctx := context.Background()
	c, err := db.Open(ctx, ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	lastWeek := drey.Unix(time.Now().AddDate(0, 0, -7))
	var filter struct{ Host *string } // what a caller may leave out

	// README {
	// The static half: sqlc's methods, CRUD for every table included.
	user, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"})
	link, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: user.ID, Slug: "drey", URL: "https://example.com/nest"})
	_, err = c.RecordClick(ctx, db.RecordClickParams{LinkID: link.ID})

	// The dynamic half over a table: []db.Link, the same type.
	links, err := db.Links.
		Where(db.Links.UserID.Eq(user.ID), db.Links.CreatedAt.Gt(lastWeek)).
		Where(drey.Opt(filter.Host, db.Links.Host.Eq)). // nil means absent
		OrderBy(db.Links.CreatedAt.Desc()).Limit(100).
		All(ctx, c)

	// The dynamic half over a query of sql/, with its joins and aggregates: []db.LinkStatsRow.
	top, err := db.LinkStats.With(lastWeek).
		Where(db.LinkStats.UserID.Eq(user.ID), db.LinkStats.Clicks.Gte(1)).
		OrderBy(db.LinkStats.Clicks.Desc()).Limit(20).
		All(ctx, c)
	// } README

	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(links), links[0].Host, links[0].ClickCount)
	fmt.Println(len(top), top[0].Slug, top[0].Clicks)
	// Output:
	// 1 example.com 1
	// 1 drey 1
}

// The README shows the marked part.
func Example_dynamic() {
	ctx := context.Background()
	c, err := db.Open(ctx, ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	user, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"})
	if err != nil {
		log.Fatal(err)
	}
	var rows []db.Link
	for i := range 100 {
		rows = append(rows, db.Link{UserID: user.ID, Slug: fmt.Sprintf("link-%02d", i), URL: "https://example.com/"})
	}
	var cursor string
	request, err := url.ParseQuery("slug=like.link-1*&click_count=gte.1&order=slug.desc&limit=5")

	// README {
	// Many rows in one transaction; columns that are not named get their defaults.
	saved, err := db.Links.Insert(db.Links.UserID, db.Links.Slug, db.Links.URL).
		OrUpdate(db.Links.KeySlug, db.Links.URL).
		Returning(ctx, c, rows...)

	// A change without a predicate is an error, unless it says EveryRow.
	n, err := db.Links.Update(db.Links.ClickCount.Add(1), db.Links.Title.SetNull()).
		Where(db.Links.Slug.HasPrefix("link-1")).Exec(ctx, c)

	// A page by the values of its order: the hundredth costs as much as the first.
	page, err := db.Links.OrderBy(db.Links.ClickCount.Desc()).Page(ctx, c, cursor, 20)

	// Aggregates, single columns, and queries inside of queries.
	clicks, err := drey.Aggregate(ctx, c, db.Links.Where(db.Links.UserID.Eq(user.ID)), drey.Sum(db.Links.ClickCount))
	slugs, err := drey.Pluck(ctx, c, db.Links.OrderBy(db.Links.ID.Asc()).Limit(3), db.Links.Slug)
	unseen, err := db.Links.Where(
		drey.Not(drey.Exists(&db.Clicks.Query, db.LinkToClicks)),
	).Count(ctx, c)

	// Expressions stand wherever a column does: links by what they may still be clicked, and the hours of the clicks.
	left := drey.Minus(drey.NotNull(db.Links.MaxClicks), db.Links.ClickCount)
	scarce, err := db.Links.Where(db.Links.MaxClicks.IsNotNull(), left.Lt(10)).OrderBy(left.Asc()).All(ctx, c)
	hours, err := drey.CountBy(&db.Clicks.Query, drey.Truncate(db.Clicks.ClickedAt, drey.Hour)).All(ctx, c) // []drey.Counted[db.UnixTime]

	// Groups of what a caller asks for: its filters are below the measures, and what the groups are narrowed by above them.
	type hostClicks struct {
		Host          string
		Links, Clicks int64
	}
	links, sum := drey.CountRows[db.LinksSource](), drey.Sum(db.Links.ClickCount)
	hosts, err := drey.Select(drey.GroupBy(db.Links.Where(db.Links.IsActive.Eq(true)), db.Links.Host), func(p *drey.Projection[drey.Grouped[db.LinksSource]], to *hostClicks) {
		drey.ReadInto(p, drey.Key(db.Links.Host), &to.Host)
		drey.ReadInto(p, links, &to.Links)
		drey.ReadInto(p, sum, &to.Clicks)
	}).Where(links.Gte(2)).OrderBy(sum.Desc()).Limit(10).All(ctx, c)

	// Below a window or an aggregate of a query: places among the links that were clicked, not among all.
	// The query says where: WHERE /* drey:where links */ TRUE.
	ranked, err := db.RankedLinks.Below(db.RankedLinks.WhereLinks(db.Links.ClickCount.Gt(0))).
		Where(db.RankedLinks.Place.Lte(3)).All(ctx, c)

	// Sets of queries are queries: what is clicked most and what is new, each once; some rows, and how many there are.
	front := drey.Union(
		db.Links.OrderBy(db.Links.ClickCount.Desc(), db.Links.ID.Asc()).Limit(10),
		db.Links.OrderBy(db.Links.ID.Desc()).Limit(10),
	).OrderBy(db.Links.Slug.Asc())
	shown, total, err := drey.AllAndCount(ctx, c, front.Limit(5))

	// What foreign keys lead to, of all the links in one query: of each the newest three clicks, and its tags.
	recent, err := drey.LoadMany(ctx, c, saved, db.LinkToClicks, db.Clicks.OrderBy(db.Clicks.ClickedAt.Desc()).Limit(3))
	tags, err := drey.LoadMany(ctx, c, saved, db.LinkToTags, &db.Tags.Query)
	owners, err := drey.LoadOne(ctx, c, saved, db.LinkToUser, &db.Users.Query) // map[int64]db.User

	// Trees in types of one's own, each level in one query: users with their links with the newest clicks of each.
	type linkTree struct {
		db.Link
		Clicks []db.Click
	}
	type userTree struct {
		db.User
		Links []linkTree
	}
	newest := drey.With(&db.Links.Query, db.LinkToClicks, db.Clicks.OrderBy(db.Clicks.ClickedAt.Desc()).Limit(3), func(to *linkTree) (*db.Link, *[]db.Click) { return &to.Link, &to.Clicks })
	trees, err := drey.With(&db.Users.Query, db.UserToLinks, newest, func(to *userTree) (*db.User, *[]linkTree) { return &to.User, &to.Links }).All(ctx, c)

	// An upsert by the old row and the new one, under a condition; the rows of a query; and some columns of what is written.
	added, err := db.Links.Insert(db.Links.UserID, db.Links.Slug, db.Links.URL, db.Links.ClickCount).OrUpdate(db.Links.KeySlug).
		Set(drey.SetTo(db.Links.ClickCount, drey.Plus(db.Links.ClickCount, drey.Excluded(db.Links.ClickCount)))).
		Where(db.Links.IsActive.Eq(true)).Exec(ctx, c, saved[0])
	copied, err := drey.ReturningInto(ctx, c, drey.InsertSelect(db.Links.Insert(), db.Links.Where(db.Links.Slug.Eq("link-00")),
		drey.SetFrom(db.Links.UserID, db.Links.UserID), drey.SetFrom(db.Links.URL, db.Links.URL),
		drey.SetFrom(db.Links.Slug, drey.Concat(db.Links.Slug, drey.Of(db.Links.Slug, "-copy"))),
	), func(p *drey.Projection[db.LinksSource], to *string) { drey.ReadInto(p, db.Links.Slug, to) })

	// What a caller asks for in a query string: ?slug=like.link-1*&click_count=gte.1&order=slug.desc&limit=5
	allowed := drey.NewFilters(db.Links.Slug, db.Links.ClickCount, db.Links.CreatedAt)
	asked, err := drey.ApplyFilters(db.Links.Where(db.Links.UserID.Eq(user.ID)), allowed, request)
	// } README

	if err != nil {
		log.Fatal(err)
	}
	found, err := asked.All(ctx, c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(saved), n, len(page.Rows), page.Rows[0].Slug, page.Next != "", page.Prev == "")
	fmt.Println(clicks, slugs, unseen, len(found), found[0].Slug)
	fmt.Println(len(recent), len(tags), owners[saved[0].UserID].Email, len(trees[0].Links), len(scarce), len(hours), len(ranked), hosts, len(shown), total)
	fmt.Println(added, copied)
	// Output:
	// 100 10 20 link-19 true true
	// 10 [link-00 link-01 link-02] 100 5 link-19
	// 0 0 ada@example.com 100 0 0 10 [{example.com 100 10}] 5 20
	// 1 [link-00-copy]
}

// A marker in a query of sql/ lets callers narrow what its windows and aggregates are
// made of: of RankedLinks the links, by WHERE /* drey:where links */ TRUE.
func Example_below() {
	ctx := context.Background()
	c, err := db.Open(ctx, ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	user, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"})
	if err != nil {
		log.Fatal(err)
	}
	for i, slug := range []string{"nuts", "bark", "nest"} {
		link, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: user.ID, Slug: slug, URL: "https://example.com/"})
		if err != nil {
			log.Fatal(err)
		}
		for range 3 - i {
			if _, err := c.RecordClick(ctx, db.RecordClickParams{LinkID: link.ID}); err != nil {
				log.Fatal(err)
			}
		}
	}
	show := func(q *drey.Query[db.RankedLinksSource, db.RankedLinksRow]) {
		rows, err := q.OrderBy(db.RankedLinks.Place.Asc()).All(ctx, c)
		if err != nil {
			log.Fatal(err)
		}
		var places []string
		for _, r := range rows {
			places = append(places, fmt.Sprint(r.Slug, " ", r.Place))
		}
		fmt.Println(strings.Join(places, ", "))
	}
	withN := db.Links.Slug.HasPrefix("n")
	show(db.RankedLinks.Where(db.RankedLinks.Slug.HasPrefix("n")))         // above: their places among all links
	show(db.RankedLinks.Below(db.RankedLinks.WhereLinks(withN)))           // below: their places among each other
	show(db.RankedLinks.Below(db.RankedLinks.WhereLinks(drey.Not(withN)))) // any predicate on links

	// The static half takes no predicates: all links.
	all, err := c.RankedLinks(ctx)
	fmt.Println(len(all), err)
	// Output:
	// nuts 1, nest 3
	// nuts 1, nest 2
	// bark 1
	// 3 <nil>
}

// The README shows the marked part.
func Example_client() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "links")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "links.db")
	logger := slog.New(slog.DiscardHandler)

	// README {
	applied, err := db.Migrate(ctx, path)
	c, err := db.OpenWith(ctx, path, db.Options{
		OnStatement: drey.LogStatements(logger), // name, SQL, duration, rows, errors; values only if asked for
		SlowAfter:   100 * time.Millisecond,     // from here on with the query plan
	})

	// A transaction, for both halves. A panic, an error or the end of ctx rolls it back.
	var user db.User
	err = c.Tx(ctx, func(tx *db.Tx) error {
		user, err = tx.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"})
		return err
	})

	// A batch: statements of both halves, all or none, also where there are no transactions.
	var b db.Batch
	link := db.InBatch(&b, func(tx *db.Tx) (db.Link, error) {
		return tx.CreateLink(ctx, db.CreateLinkParams{UserID: user.ID, Slug: "drey", URL: "https://example.com/nest"})
	})
	renamed := db.InBatch(&b, func(tx *db.Tx) (int64, error) {
		return db.Links.Update(db.Links.Title.Set("Nest")).Where(db.Links.Slug.Eq("drey")).Exec(ctx, tx)
	})
	err = b.Run(ctx, c)
	created, err := link()
	n, err := renamed()

	// What is read in a snapshot is of one moment, and no write waits for it.
	var links, clicks int64
	err = c.Snapshot(ctx, func(tx *db.Tx) error {
		links, err = db.Links.Count(ctx, tx)
		clicks, err = db.Clicks.Count(ctx, tx)
		return err
	})

	err = c.Backup(ctx, path+".backup", nil) // while others write
	err = c.Check(ctx)                       // damage, and rows that refer to nothing
	if _, err = c.CreateUser(ctx, db.CreateUserParams{Email: "ADA@example.com"}); drey.FailureOf(err) == drey.UniqueViolation {
		table, columns := drey.ViolatedColumns(err)
		fmt.Println("taken:", table, columns)
	}
	// } README

	if err != nil && drey.FailureOf(err) != drey.UniqueViolation {
		log.Fatal(err)
	}
	fmt.Println(len(applied), created.Slug, n, links, clicks)
	if err := c.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// taken: users [email]
	// 8 drey 1 1 0
}

// The README shows the marked part.
func Example_borrowed() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "links")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "links.db")
	if _, err := db.Migrate(ctx, path); err != nil {
		log.Fatal(err)
	}
	handle, err := sql.Open("sqlite", path+"?_pragma=foreign_keys(1)")
	if err != nil {
		log.Fatal(err)
	}
	defer handle.Close()

	// README {
	// A handle and a transaction that are there already, before drey and beside it.
	conn := db.NewClient(handle)
	tx, err := handle.BeginTx(ctx, nil)
	theirs := drey.OnTx(tx) // drey.OnDBTX takes what sqlc's New does
	user, err := db.Using(theirs).CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"})
	renamed, err := db.Users.Update(db.Users.Email.Set("ada@example.org")).Where(db.Users.ID.Eq(user.ID)).Exec(ctx, theirs)
	err = tx.Rollback()
	left, err := db.Users.Count(ctx, conn)
	// } README

	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(renamed, left)
	// Output: 1 0
}
