package main

import (
	"context"
	"database/sql"

	"github.com/stephenafamo/bob"
	"github.com/stephenafamo/bob/dialect/sqlite"
	"github.com/stephenafamo/bob/dialect/sqlite/dialect"
	"github.com/stephenafamo/bob/dialect/sqlite/im"
	"github.com/stephenafamo/bob/dialect/sqlite/sm"
	"github.com/stephenafamo/bob/dialect/sqlite/um"
	"github.com/stephenafamo/scan"

	"github.com/dreysql/drey/internal/db"
)

// bobPeer is bob with its prepared queries where the query is always the same:
// get, insert and update. The list is built each time, as it varies. One row is
// the first of All, as One of a prepared query leaves its rows open, and so its
// connection in use.
func bobPeer(ctx context.Context, c *db.Client) (peer, error) {
	b := bob.NewDB(c.DB())
	mapper := scan.StructMapper[link]()
	var all []any
	for _, name := range columns {
		all = append(all, sqlite.Quote(name))
	}
	q := func(name string) sqlite.Expression { return sqlite.Quote(name) }
	query := func(f filter) bob.Query {
		mods := []bob.Mod[*dialect.SelectQuery]{
			sm.Columns(all...), sm.From("links"),
			sm.Where(q("user_id").EQ(sqlite.Arg(1))),
			sm.Where(q("created_at").GT(sqlite.Arg(f.since))),
			sm.Where(q("is_active").EQ(sqlite.Arg(true))),
			sm.OrderBy(q("created_at")).Desc(), sm.Limit(sqlite.Arg(f.limit)),
		}
		if f.host != nil {
			mods = append(mods, sm.Where(q("host").EQ(sqlite.Arg(*f.host))))
		}
		return sqlite.Select(mods...)
	}
	get, err := bob.PrepareQuery[string](ctx, b, sqlite.Select(sm.Columns(all...), sm.From("links"),
		sm.Where(q("slug").EQ(bob.Named("slug")))), mapper)
	if err != nil {
		return peer{}, err
	}
	type row struct {
		UserID    int64       `db:"user_id"`
		Slug      string      `db:"slug"`
		URL       string      `db:"url"`
		Title     *string     `db:"title"`
		CreatedAt db.UnixTime `db:"created_at"`
	}
	insert, err := bob.PrepareQuery[row](ctx, b, sqlite.Insert(im.Into("links", inserted...),
		im.Values(bob.Named(inserted...)), im.Returning(all...)), mapper)
	if err != nil {
		get.Close()
		return peer{}, err
	}
	type change struct {
		ID    int64  `db:"id"`
		Title string `db:"title"`
	}
	update, err := bob.Prepare[change](ctx, b, sqlite.Update(um.Table("links"),
		um.SetCol("title").To(bob.Named("title")), um.Where(q("id").EQ(bob.Named("id")))))
	if err != nil {
		get.Close()
		insert.Close()
		return peer{}, err
	}
	return peer{
		name: "bob",
		build: func(f filter) (string, []any, error) {
			return query(f).(bob.BaseQuery[*dialect.SelectQuery]).Build(ctx)
		},
		get: func(slug string) (db.Link, error) {
			return first(get.All(ctx, slug))
		},
		list: func(f filter) (rows, error) {
			found, err := bob.All(ctx, b, query(f), mapper)
			return tagged(found), err
		},
		insert: func(l db.Link) (db.Link, error) {
			return first(insert.All(ctx, row{l.UserID, l.Slug, l.URL, l.Title, l.CreatedAt}))
		},
		insertAll: func(many batch) error {
			return b.RunInTx(ctx, nil, func(ctx context.Context, tx bob.Executor) error {
				mods := []bob.Mod[*dialect.InsertQuery]{im.Into("links", inserted...)}
				for i := range many.plain {
					mods = append(mods, im.Values(sqlite.Arg(values(&many.plain[i])...)))
				}
				_, err := bob.Exec(ctx, tx, sqlite.Insert(mods...))
				return err
			})
		},
		update: func(id int64, title string) (int64, error) {
			result, err := update.Exec(ctx, change{id, title})
			return affected(result, err)
		},
		close: func() error {
			get.Close()
			insert.Close()
			return update.Close()
		},
	}, nil
}

func first(found []link, err error) (db.Link, error) {
	if err == nil && len(found) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return db.Link{}, err
	}
	return db.Link(found[0]), nil
}
