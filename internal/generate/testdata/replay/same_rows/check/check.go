// Package check has rows of one type from the table and from several queries of it.
package check

import (
	"context"
	"database/sql"
	"fmt"
	"log"

	"example.com/replay/same_rows/db"
)

// Check runs what the case is about.
func Check(string) {
	ctx := context.Background()
	c, err := db.Open(ctx, ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	note := "n"
	if _, err := db.Links.Insert().Exec(ctx, c, db.Link{ID: 1, Slug: "a", Clicks: 7}, db.Link{ID: 2, Slug: "b", Note: sql.NullString{String: note, Valid: true}}, db.Link{ID: 3, Slug: "c", Clicks: 9}); err != nil {
		log.Fatal(err)
	}
	// One type, whatever the rows come from.
	var rows []db.Link
	for _, read := range []func() ([]db.Link, error){
		func() ([]db.Link, error) { return db.Links.OrderBy(db.Links.ID.Asc()).All(ctx, c) },
		func() ([]db.Link, error) {
			return db.PopularLinks.With(5).Where(db.PopularLinks.Slug.Eq("c")).All(ctx, c)
		},
		func() ([]db.Link, error) { return db.QuietLinks.OrderBy(db.QuietLinks.ID.Asc()).All(ctx, c) },
		func() ([]db.Link, error) { return db.LinksOfSlug.With("b").All(ctx, c) },
		func() ([]db.Link, error) { return db.NotedLinks.All(ctx, c) },
		func() ([]db.Link, error) { return c.PopularLinks(ctx, 5) },
		func() ([]db.Link, error) { return c.QuietLinks(ctx) },
	} {
		if rows, err = read(); err != nil {
			log.Fatal(err)
		}
		for _, row := range rows {
			fmt.Print(row.ID, row.Slug, row.Clicks, " ")
		}
		fmt.Println()
	}
	// Columns in another order are rows of another type.
	var other []db.ReorderedLinksRow
	if other, err = db.ReorderedLinks.Where(db.ReorderedLinks.Clicks.Gt(8)).All(ctx, c); err != nil {
		log.Fatal(err)
	}
	fmt.Println(other[0].Slug)
}
