package main

import (
	"context"
	"fmt"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

var start = time.Unix(1_700_000_000, 0)

const host = "example.com"

// open makes a database with links of one user, a minute from each to the next.
func open(ctx context.Context, path string, links int) (*db.Client, error) {
	if _, err := db.Migrate(ctx, path); err != nil {
		return nil, err
	}
	c, err := db.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, c, links); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func fill(ctx context.Context, c *db.Client, links int) error {
	return c.Tx(ctx, func(tx *db.Tx) error {
		u, err := tx.CreateUser(ctx, db.CreateUserParams{Email: "a@example.com"})
		if err != nil {
			return err
		}
		for i := range links {
			_, err := tx.CreateLink(ctx, db.CreateLinkParams{
				UserID: u.ID, Slug: slug(i), URL: fmt.Sprintf("https://%s/page/%d", host, i),
				CreatedAt: new(drey.Unix(start.Add(time.Duration(i) * time.Minute))),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func slug(i int) string { return fmt.Sprintf("link-%05d", i) }

// newLinks are rows to insert, with what an insert writes.
func newLinks(n int) []db.Link {
	rows := make([]db.Link, n)
	for i := range rows {
		rows[i] = newLink(i)
	}
	return rows
}

func newLink(i int) db.Link {
	title := "a new page"
	return db.Link{UserID: 1, Slug: fmt.Sprintf("new-%d", i), URL: fmt.Sprintf("https://%s/new/%d", host, i),
		Title: &title, CreatedAt: drey.Unix(start)}
}

// removeNew deletes what has been inserted after the first links.
func removeNew(ctx context.Context, c *db.Client, links int) error {
	_, err := db.Links.Delete().Where(db.Links.ID.Gt(int64(links))).Exec(ctx, c)
	return err
}
