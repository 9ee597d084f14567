package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/Masterminds/squirrel"

	"github.com/dreysql/drey/internal/db"
)

// links is how many links there are, all of one user.
const links = 20_000

// queries measures the dynamic half on the reference project's links: the same
// query by hand over a prepared statement, with drey, by hand without a
// prepared statement, and with squirrel and a scan by hand.
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
	fmt.Fprint(w, "## Queries\n\n| case | variant | time | ratio | allocations | bytes |\n|---|---|--:|--:|--:|--:|\n")
	if err := report(w, rounds, "build a query", building()); err != nil {
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

// open makes a database with the links, a minute from each to the next.
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
		for i := range links {
			_, err := tx.CreateLink(ctx, db.CreateLinkParams{
				UserID: u.ID, Slug: slug(i), URL: fmt.Sprintf("https://example.com/page/%d", i),
				SetCreatedAt: true, CreatedAt: db.Unix(start.Add(time.Duration(i) * time.Minute)),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

var (
	start   = time.Unix(1_700_000_000, 0)
	columns = strings.Split(linkColumns, ", ")
)

func slug(i int) string { return fmt.Sprintf("link-%05d", i%links) }

// listQuery is the list in drey's words, listBuilder in squirrel's.
func listQuery(since db.UnixTime, limit int) *db.Query[db.LinksSource, db.Link] {
	return db.Links.Where(db.Links.UserID.Eq(1), db.Links.CreatedAt.Gt(since)).
		OrderBy(db.Links.CreatedAt.Desc()).Limit(limit)
}

func listBuilder(since db.UnixTime, limit int) squirrel.SelectBuilder {
	return squirrel.Select(columns...).From("links").
		Where(squirrel.Eq{"user_id": 1}).Where(squirrel.Gt{"created_at": since}).
		OrderBy("created_at DESC").Suffix("LIMIT ?", limit)
}

// building is what a query costs before it runs. drey renders SQL only for a
// shape that it has not met before.
func building() []variant {
	since := db.Unix(start)
	return []variant{
		{"squirrel, rendered", func(n int) error {
			for range n {
				if _, _, err := listBuilder(since, 100).ToSql(); err != nil {
					return err
				}
			}
			return nil
		}},
		{"drey, rendered", func(n int) error {
			for range n {
				if _, _, err := listQuery(since, 100).ToSql(); err != nil {
					return err
				}
			}
			return nil
		}},
		{"drey, of a known shape", func(n int) error {
			for range n {
				q := db.Links.Where(db.Links.UserID.Eq(1), db.Links.CreatedAt.Gt(since)).
					OrderBy(db.Links.CreatedAt.Desc()).Limit(100) // as listQuery, which returns it and so allocates
				keep(q)
			}
			return nil
		}},
	}
}

// keep keeps what is built from being left out.
//
//go:noinline
func keep(*db.Query[db.LinksSource, db.Link]) {}

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
				l, err := one(want)
				if err != nil {
					return err
				}
				if l.Slug != want {
					return fmt.Errorf("found %q, not %q", l.Slug, want)
				}
			}
			return nil
		}
	}
	return report(w, rounds, "get by key", []variant{
		{"by hand, prepared", each(func(slug string) (db.Link, error) {
			return scanLink(stmt.QueryRowContext(ctx, slug))
		})},
		{"drey", each(func(slug string) (db.Link, error) {
			return db.Links.Where(db.Links.Slug.Eq(slug)).One(ctx, c)
		})},
		{"by hand, not prepared", each(func(slug string) (db.Link, error) {
			return scanLink(c.DB().QueryRowContext(ctx, getSQL, slug))
		})},
		{"squirrel", each(func(slug string) (l db.Link, err error) {
			text, args, err := squirrel.Select(columns...).From("links").Where(squirrel.Eq{"slug": slug}).ToSql()
			if err != nil {
				return l, err
			}
			return scanLink(c.DB().QueryRowContext(ctx, text, args...))
		})},
	})
}

func list(ctx context.Context, c *db.Client, w io.Writer, rounds, limit int) error {
	stmt, err := c.DB().PrepareContext(ctx, listSQL)
	if err != nil {
		return err
	}
	defer stmt.Close()
	since := db.Unix(start)
	each := func(all func() ([]db.Link, error)) func(int) error {
		return func(n int) error {
			for range n {
				found, err := all()
				if err != nil {
					return err
				}
				if len(found) != limit {
					return fmt.Errorf("found %d links, not %d", len(found), limit)
				}
			}
			return nil
		}
	}
	return report(w, rounds, fmt.Sprintf("list %d rows", limit), []variant{
		{"by hand, prepared", each(func() ([]db.Link, error) {
			return scanLinks(stmt.QueryContext(ctx, 1, since, limit))
		})},
		{"drey", each(func() ([]db.Link, error) {
			return listQuery(since, limit).All(ctx, c)
		})},
		{"by hand, not prepared", each(func() ([]db.Link, error) {
			return scanLinks(c.DB().QueryContext(ctx, listSQL, 1, since, limit))
		})},
		{"squirrel", each(func() ([]db.Link, error) {
			text, args, err := listBuilder(since, limit).ToSql()
			if err != nil {
				return nil, err
			}
			return scanLinks(c.DB().QueryContext(ctx, text, args...))
		})},
	})
}
