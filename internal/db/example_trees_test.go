package db_test

import (
	"context"
	"fmt"
	"log"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// A tree of whole rows, and one of a few columns whose last level is read only if
// somebody wants it.
func Example_trees() {
	type (
		link struct {
			db.Link
			Clicks []db.Click
		}
		user struct {
			db.User
			Links []link
		}
		tag struct {
			Name string
			By   *db.User // nil if nobody is known
		}
		entry struct {
			Slug string
			Tags []tag
		}
	)
	ctx := context.Background()
	c := forTrees(ctx)
	defer c.Close()

	links := drey.With(db.Links.OrderBy(db.Links.ID.Asc()), db.LinkToClicks, &db.Clicks.Query, func(to *link) (*db.Link, *[]db.Click) { return &to.Link, &to.Clicks })
	users, err := drey.With(&db.Users.Query, db.UserToLinks, links, func(to *user) (*db.User, *[]link) { return &to.User, &to.Links }).All(ctx, c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(users[0].Email, len(users[0].Links), users[0].Links[0].Slug, len(users[0].Links[0].Clicks))

	withAuthors := true
	tags := drey.Select(db.Tags.OrderBy(db.Tags.Name.Asc()), func(p *drey.Projection[db.TagsSource], to *tag) {
		drey.ReadInto(p, db.Tags.Name, &to.Name)
		if withAuthors {
			drey.ReadOne(p, db.TagToCreatedBy, &db.Users.Query, &to.By)
		}
	})
	entries, err := drey.Select(db.Links.OrderBy(db.Links.Slug.Asc()), func(p *drey.Projection[db.LinksSource], to *entry) {
		drey.ReadInto(p, db.Links.Slug, &to.Slug)
		drey.ReadMany(p, db.LinkToTags, tags, &to.Tags)
	}).Limit(1).All(ctx, c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(entries[0].Slug, entries[0].Tags[0].Name, entries[0].Tags[0].By.Email, entries[0].Tags[1].Name, entries[0].Tags[1].By)
	// Output:
	// ada@example.com 2 one 3
	// one new ada@example.com old <nil>
}

// forTrees opens a database of one user with two links.
func forTrees(ctx context.Context) *db.Client {
	c, err := db.Open(ctx, ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	ada, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"})
	if err != nil {
		log.Fatal(err)
	}
	saved, err := db.Links.Insert(db.Links.UserID, db.Links.Slug, db.Links.URL).Returning(ctx, c,
		db.Link{UserID: ada.ID, Slug: "one", URL: "https://example.com/1"}, db.Link{UserID: ada.ID, Slug: "two", URL: "https://example.com/2"})
	if err != nil {
		log.Fatal(err)
	}
	one := saved[0].ID
	if _, err := db.Clicks.Insert(db.Clicks.LinkID).Exec(ctx, c, db.Click{LinkID: one}, db.Click{LinkID: one}, db.Click{LinkID: one}); err != nil {
		log.Fatal(err)
	}
	tags, err := db.Tags.Insert(db.Tags.Name, db.Tags.CreatedBy).Returning(ctx, c, db.Tag{Name: "new", CreatedBy: &ada.ID}, db.Tag{Name: "old"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := db.LinkTags.Insert().Exec(ctx, c, db.LinkTag{LinkID: one, TagID: tags[0].ID}, db.LinkTag{LinkID: one, TagID: tags[1].ID}); err != nil {
		log.Fatal(err)
	}
	return c
}
