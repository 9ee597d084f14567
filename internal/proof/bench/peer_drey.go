package main

import (
	"context"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

func dreyQuery(f filter) *drey.Query[db.LinksSource, db.Link] {
	return db.Links.Where(
		db.Links.UserID.Eq(1),
		db.Links.CreatedAt.Gt(f.since),
		db.Links.IsActive.Eq(true),
		drey.Opt(f.host, db.Links.Host.Eq),
	).OrderBy(db.Links.CreatedAt.Desc()).Limit(f.limit)
}

func dreyPeer(ctx context.Context, c *db.Client) (peer, error) {
	l := &db.Links
	insert := l.Insert(l.UserID, l.Slug, l.URL, l.Title, l.CreatedAt)
	upsert := l.Insert(l.UserID, l.Slug, l.URL, l.ClickCount, l.CreatedAt).OrUpdate(l.KeySlug).
		Set(drey.SetTo(l.ClickCount, drey.Plus(l.ClickCount, drey.Excluded(l.ClickCount))))
	return peer{
		name:  "drey",
		build: func(f filter) (string, []any, error) { return dreyQuery(f).ToSql() },
		get: func(slug string) (db.Link, error) {
			return db.Links.Where(db.Links.Slug.Eq(slug)).One(ctx, c)
		},
		list: func(f filter) (rows, error) {
			found, err := dreyQuery(f).All(ctx, c)
			return plain(found), err
		},
		insert: func(l db.Link) (db.Link, error) {
			rows, err := insert.Returning(ctx, c, l)
			if err != nil {
				return db.Link{}, err
			}
			return rows[0], nil
		},
		insertAll: func(b batch) error {
			_, err := insert.Exec(ctx, c, b.plain...)
			return err
		},
		update: func(id int64, title string) (int64, error) {
			return db.Links.Update(db.Links.Title.Set(title)).Where(db.Links.ID.Eq(id)).Exec(ctx, c)
		},
		upsert: func(l db.Link) error {
			_, err := upsert.Exec(ctx, c, l)
			return err
		},
		copy: func(from, to int64) (int64, error) {
			return drey.InsertSelect(l.Insert(), l.Where(l.ID.Between(from, to)),
				drey.SetFrom(l.UserID, l.UserID), drey.SetFrom(l.Slug, drey.Concat(l.Slug, drey.Of(l.Slug, "-copy"))),
				drey.SetFrom(l.URL, l.URL), drey.SetFrom(l.Title, l.Title), drey.SetFrom(l.CreatedAt, l.CreatedAt),
			).Exec(ctx, c)
		},
	}, nil
}
