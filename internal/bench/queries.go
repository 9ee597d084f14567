package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/Masterminds/squirrel"

	"github.com/dreysql/drey/internal/db"
)

// The same queries four times: typed, by hand over a prepared statement, by
// hand without one, and with squirrel and a scan by hand.

const linkColumns = "id, user_id, slug, url, host, title, metadata, is_active, max_clicks, click_count, expires_at, created_at"

var columnList = []string{"id", "user_id", "slug", "url", "host", "title", "metadata", "is_active", "max_clicks", "click_count", "expires_at", "created_at"}

const (
	links   = 20_000
	getSQL  = "SELECT " + linkColumns + " FROM links WHERE slug = ?"
	listSQL = "SELECT " + linkColumns + " FROM links WHERE user_id = ? AND created_at > ? ORDER BY created_at DESC LIMIT ?"
)

// queries measures the dynamic half on the reference project's links.
func queries(ctx context.Context, w io.Writer, rounds int) error {
	dir, err := os.MkdirTemp("", "drey-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c, err := open(ctx, filepath.Join(dir, "links.db"))
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Fprintln(w, "## Queries\n\n| case | variant | time | ratio | allocations | bytes |\n|---|---|--:|--:|--:|--:|")
	if err := building(w, rounds); err != nil {
		return err
	}
	if err := get(ctx, c, w, rounds); err != nil {
		return err
	}
	for _, n := range []int{100, 10_000} {
		if err := list(ctx, c, w, rounds, n); err != nil {
			return err
		}
	}
	fmt.Fprintln(w)
	return nil
}

// open makes a database with one user who has all the links.
func open(ctx context.Context, path string) (*db.Client, error) {
	if _, err := db.Migrate(ctx, path); err != nil {
		return nil, err
	}
	c, err := db.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	return c, c.Tx(ctx, func(tx *db.Tx) error {
		u, err := tx.CreateUser(ctx, db.CreateUserParams{Email: "a@example.com"})
		if err != nil {
			return err
		}
		start := time.Unix(1_700_000_000, 0)
		for i := range links {
			created := db.Unix(start.Add(time.Duration(i) * time.Minute))
			_, err := tx.CreateLink(ctx, db.CreateLinkParams{
				UserID: u.ID, Slug: slug(i), URL: fmt.Sprintf("https://example.com/page/%d", i), SetCreatedAt: true, CreatedAt: created,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func slug(i int) string { return fmt.Sprintf("link-%05d", i%links) }

func scan(row interface{ Scan(...any) error }, l *db.Link) error {
	return row.Scan(&l.ID, &l.UserID, &l.Slug, &l.URL, &l.Host, &l.Title, &l.Metadata, &l.IsActive,
		&l.MaxClicks, &l.ClickCount, &l.ExpiresAt, &l.CreatedAt)
}

// building is what it costs to have SQL and arguments, without running them:
// for drey of a query whose shape is new each time, which is the worst case.
func building(w io.Writer, rounds int) error {
	since := db.Unix(time.Unix(1_700_000_000, 0))
	variants := []variant{
		{"squirrel", func(n int) error {
			for range n {
				_, _, err := squirrel.Select(columnList...).From("links").
					Where(squirrel.Eq{"user_id": 1}).Where(squirrel.Gt{"created_at": since}).
					OrderBy("created_at DESC").Suffix("LIMIT ?", 100).ToSql()
				if err != nil {
					return err
				}
			}
			return nil
		}},
		{"drey, rendering SQL", func(n int) error {
			for range n {
				if _, _, err := db.Links.Where(db.Links.UserID.Eq(1), db.Links.CreatedAt.Gt(since)).
					OrderBy(db.Links.CreatedAt.Desc()).Limit(100).ToSql(); err != nil {
					return err
				}
			}
			return nil
		}},
		{"drey, building only", func(n int) error {
			for range n {
				keep(db.Links.Where(db.Links.UserID.Eq(1), db.Links.CreatedAt.Gt(since)).
					OrderBy(db.Links.CreatedAt.Desc()).Limit(100))
			}
			return nil
		}},
	}
	results, err := compare(rounds, variants)
	if err != nil {
		return err
	}
	report(w, "build", 0, variants, results)
	return nil
}

// keep has the compiler build the query.
//
//go:noinline
func keep(db.Query[db.LinksSource, db.Link]) {}

func get(ctx context.Context, c *db.Client, w io.Writer, rounds int) error {
	stmt, err := c.DB().PrepareContext(ctx, getSQL)
	if err != nil {
		return err
	}
	defer stmt.Close()
	each := func(one func(slug string) (db.Link, error)) func(int) error {
		return func(n int) error {
			for i := range n {
				want := slug(i * 7919)
				if l, err := one(want); err != nil || l.Slug != want {
					return fmt.Errorf("%s: found %q, %w", want, l.Slug, err)
				}
			}
			return nil
		}
	}
	variants := []variant{
		{"by hand, prepared", each(func(slug string) (l db.Link, err error) {
			return l, scan(stmt.QueryRowContext(ctx, slug), &l)
		})},
		{"drey", each(func(slug string) (db.Link, error) {
			return db.Links.Where(db.Links.Slug.Eq(slug)).One(ctx, c)
		})},
		{"by hand, not prepared", each(func(slug string) (l db.Link, err error) {
			return l, scan(c.DB().QueryRowContext(ctx, getSQL, slug), &l)
		})},
		{"squirrel", each(func(slug string) (l db.Link, err error) {
			text, args, err := squirrel.Select(columnList...).From("links").Where(squirrel.Eq{"slug": slug}).ToSql()
			if err != nil {
				return l, err
			}
			return l, scan(c.DB().QueryRowContext(ctx, text, args...), &l)
		})},
	}
	results, err := compare(rounds, variants)
	if err != nil {
		return err
	}
	report(w, "get by key", 0, variants, results)
	return nil
}

func list(ctx context.Context, c *db.Client, w io.Writer, rounds, limit int) error {
	stmt, err := c.DB().PrepareContext(ctx, listSQL)
	if err != nil {
		return err
	}
	defer stmt.Close()
	since := db.Unix(time.Unix(1_700_000_000, 0))
	each := func(all func() ([]db.Link, error)) func(int) error {
		return func(n int) error {
			for range n {
				if found, err := all(); err != nil || len(found) != limit {
					return fmt.Errorf("%d links, %w", len(found), err)
				}
			}
			return nil
		}
	}
	byHand := func(rows *sql.Rows, err error) ([]db.Link, error) {
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var found []db.Link
		for rows.Next() {
			var l db.Link
			if err := scan(rows, &l); err != nil {
				return nil, err
			}
			found = append(found, l)
		}
		return found, rows.Err()
	}
	variants := []variant{
		{"by hand, prepared", each(func() ([]db.Link, error) {
			return byHand(stmt.QueryContext(ctx, 1, since, limit))
		})},
		{"drey", each(func() ([]db.Link, error) {
			return db.Links.Where(db.Links.UserID.Eq(1), db.Links.CreatedAt.Gt(since)).
				OrderBy(db.Links.CreatedAt.Desc()).Limit(limit).All(ctx, c)
		})},
		{"by hand, not prepared", each(func() ([]db.Link, error) {
			return byHand(c.DB().QueryContext(ctx, listSQL, 1, since, limit))
		})},
		{"squirrel", each(func() ([]db.Link, error) {
			text, args, err := squirrel.Select(columnList...).From("links").
				Where(squirrel.Eq{"user_id": 1}).Where(squirrel.Gt{"created_at": since}).
				OrderBy("created_at DESC").Suffix("LIMIT ?", limit).ToSql()
			if err != nil {
				return nil, err
			}
			return byHand(c.DB().QueryContext(ctx, text, args...))
		})},
	}
	results, err := compare(rounds, variants)
	if err != nil {
		return err
	}
	report(w, fmt.Sprintf("list %d", limit), 0, variants, results)
	return nil
}
