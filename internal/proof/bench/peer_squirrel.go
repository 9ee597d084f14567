package main

import (
	"context"
	"database/sql"

	"github.com/Masterminds/squirrel"

	"github.com/dreysql/drey/internal/db"
)

func squirrelQuery(f filter) squirrel.SelectBuilder {
	q := squirrel.Select(columns...).From("links").
		Where(squirrel.Eq{"user_id": 1}).Where(squirrel.Gt{"created_at": f.since}).Where(squirrel.Eq{"is_active": true})
	if f.host != nil {
		q = q.Where(squirrel.Eq{"host": *f.host})
	}
	return q.OrderBy("created_at DESC").Suffix("LIMIT ?", f.limit)
}

// runner is what sql.DB and squirrel.StmtCache have in common.
type runner interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}

// squirrelOver is squirrel over a runner, with scans by hand: it has none.
func squirrelOver(ctx context.Context, c *db.Client, name string, run runner, row func(text string, args ...any) squirrel.RowScanner) peer {
	return peer{
		name:  name,
		build: func(f filter) (string, []any, error) { return squirrelQuery(f).ToSql() },
		get: func(slug string) (l db.Link, err error) {
			text, args, err := squirrel.Select(columns...).From("links").Where(squirrel.Eq{"slug": slug}).ToSql()
			if err != nil {
				return l, err
			}
			return scanLink(row(text, args...))
		},
		list: func(f filter) (rows, error) {
			text, args, err := squirrelQuery(f).ToSql()
			if err != nil {
				return nil, err
			}
			return scanLinks(run.QueryContext(ctx, text, args...))
		},
		insert: func(l db.Link) (db.Link, error) {
			text, args, err := squirrel.Insert("links").Columns(inserted...).Values(values(&l)...).Suffix("RETURNING " + linkColumns).ToSql()
			if err != nil {
				return l, err
			}
			return scanLink(row(text, args...))
		},
		insertAll: func(b batch) error {
			return inTx(ctx, c.DB(), func(tx *sql.Tx) error {
				q := squirrel.Insert("links").Columns(inserted...)
				for i := range b.plain {
					q = q.Values(values(&b.plain[i])...)
				}
				_, err := q.RunWith(tx).ExecContext(ctx)
				return err
			})
		},
		update: func(id int64, title string) (int64, error) {
			text, args, err := squirrel.Update("links").Set("title", title).Where(squirrel.Eq{"id": id}).ToSql()
			if err != nil {
				return 0, err
			}
			return affected(run.ExecContext(ctx, text, args...))
		},
	}
}

func squirrelPlain(ctx context.Context, c *db.Client) (peer, error) {
	return squirrelOver(ctx, c, "squirrel", c.DB(), func(text string, args ...any) squirrel.RowScanner {
		return c.DB().QueryRowContext(ctx, text, args...)
	}), nil
}

// squirrelCached has squirrel's own cache of prepared statements.
func squirrelCached(ctx context.Context, c *db.Client) (peer, error) {
	cache := squirrel.NewStmtCache(c.DB())
	p := squirrelOver(ctx, c, "squirrel, cached statements", cache, func(text string, args ...any) squirrel.RowScanner {
		return cache.QueryRowContext(ctx, text, args...)
	})
	p.build, p.insertAll = nil, nil // the same
	p.close = cache.Clear
	return p, nil
}
