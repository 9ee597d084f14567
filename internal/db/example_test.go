package db_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/dreysql/drey/internal/db"
)

// The README shows the marked part.
func Example() {
	ctx := context.Background()
	c, err := db.Open(ctx, ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	lastWeek := db.Unix(time.Now().AddDate(0, 0, -7))
	var filter struct{ Host *string } // what a caller may leave out

	// README {
	// The static half: sqlc's methods, CRUD for every table included.
	user, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"})
	link, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: user.ID, Slug: "drey", URL: "https://example.com/nest"})
	err = c.RecordClick(ctx, db.RecordClickParams{LinkID: link.ID})

	// The dynamic half over a table: []db.Link, the same type.
	links, err := db.Links.
		Where(db.Links.UserID.Eq(user.ID), db.Links.CreatedAt.Gt(lastWeek)).
		Where(db.Opt(filter.Host, db.Links.Host.Eq)). // nil means absent
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
