package db_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

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
