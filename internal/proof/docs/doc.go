// Package docs runs what README.md and the pages of docs/ show. A page is a program:
//
//   - A block of go is statements. Those of a page run one after the other, and see what
//     the blocks before have declared. ctx, and a client c of a migrated database in
//     memory, are there. A block of declarations is put beside them.
//   - After it, a block of sql is the statements that it runs, and a block of text is what
//     it prints; … stands for anything.
//   - An error that a block assigns fails the test, unless the comment on its line names
//     the error that it must be, as in // drey.ErrNoPredicate, or an if looks at it next.
//   - A block whose line before names a file, in backquotes, is that file. A page with a
//     sqlc.yaml is a project of its own, which is generated; on the others internal/db is
//     what is imported as db, and [Fill] has filled the database.
//   - A block of yaml is a part of sqlc.yaml, and a line of sh a command that is there.
//   - Other sql is a query or a migration of the project, or runs on its database.
//   - Figures stand in a paragraph or table after a comment that says what measures them.
package docs

import (
	"context"
	"fmt"

	"github.com/dreysql/drey/internal/db"
)

// Fill fills the database of a page: two users, ten links of the first of them, whose
// slugs are link-0 to link-9, three clicks on link-1, and two tags.
func Fill(ctx context.Context, c *db.Client) (db.User, error) {
	ada, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"})
	if err != nil {
		return db.User{}, err
	}
	if _, err := c.CreateUser(ctx, db.CreateUserParams{Email: "bob@example.com"}); err != nil {
		return db.User{}, err
	}
	links := make([]db.Link, 10)
	for i := range links {
		links[i] = db.Link{UserID: ada.ID, Slug: fmt.Sprintf("link-%d", i), URL: "https://example.com/nest"}
	}
	links, err = db.Links.Insert(db.Links.UserID, db.Links.Slug, db.Links.URL).Returning(ctx, c, links...)
	if err != nil {
		return db.User{}, err
	}
	tags, err := db.Tags.Insert(db.Tags.Name).Returning(ctx, c, db.Tag{Name: "birds"}, db.Tag{Name: "trees"})
	if err != nil {
		return db.User{}, err
	}
	country := "CH"
	clicks := make([]db.Click, 3)
	for i := range clicks {
		clicks[i] = db.Click{LinkID: links[1].ID, Country: &country}
	}
	if _, err := db.Clicks.Insert(db.Clicks.LinkID, db.Clicks.Country).Exec(ctx, c, clicks...); err != nil {
		return db.User{}, err
	}
	_, err = db.LinkTags.Insert().Exec(ctx, c,
		db.LinkTag{LinkID: links[0].ID, TagID: tags[0].ID}, db.LinkTag{LinkID: links[1].ID, TagID: tags[0].ID}, db.LinkTag{LinkID: links[1].ID, TagID: tags[1].ID})
	return ada, err
}
