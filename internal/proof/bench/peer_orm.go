package main

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"github.com/dreysql/drey/internal/db"
)

// bunPeer is bun with models. It writes values into the SQL text, which leaves
// nothing to prepare.
func bunPeer(ctx context.Context, c *db.Client) (peer, error) {
	b := bun.NewDB(c.DB(), sqlitedialect.New())
	query := func(f filter, into any) *bun.SelectQuery {
		q := b.NewSelect().Model(into).
			Where("user_id = ?", 1).Where("created_at > ?", f.since).Where("is_active = ?", true)
		if f.host != nil {
			q.Where("host = ?", *f.host)
		}
		return q.OrderExpr("created_at DESC").Limit(int64(f.limit))
	}
	return peer{
		name: "bun",
		build: func(f filter) (string, []any, error) {
			text, err := query(f, (*link)(nil)).AppendQuery(b.QueryGen(), nil)
			return string(text), nil, err
		},
		get: func(slug string) (db.Link, error) {
			var l link
			err := b.NewSelect().Model(&l).Where("slug = ?", slug).Scan(ctx)
			return db.Link(l), err
		},
		list: func(f filter) (rows, error) {
			var found []link
			err := query(f, &found).Scan(ctx)
			return tagged(found), err
		},
		insert: func(l db.Link) (db.Link, error) {
			got := link(l)
			err := b.NewInsert().Model(&got).Column(inserted...).Returning(linkColumns).Scan(ctx)
			return db.Link(got), err
		},
		insertAll: func(many batch) error {
			return b.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewInsert().Model(&many.tagged).Column(inserted...).Returning("").Exec(ctx)
				return err
			})
		},
		update: func(id int64, title string) (int64, error) {
			return affected(b.NewUpdate().Model((*link)(nil)).Set("title = ?", title).Where("id = ?", id).Exec(ctx))
		},
	}, nil
}

// gormPeer is gorm as its documentation says is fastest: prepared statements,
// no transaction around a single write. Its own dialect for SQLite works over
// the open database, so that the driver is the same; that dialect's, which
// needs cgo, stays unused.
func gormPeer(ctx context.Context, c *db.Client) (peer, error) {
	base, err := gorm.Open(sqlite.New(sqlite.Config{Conn: c.DB()}), &gorm.Config{
		PrepareStmt:            true,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard,
	})
	if err != nil {
		return peer{}, err
	}
	g := base.WithContext(ctx)
	dry := g.Session(&gorm.Session{DryRun: true})
	query := func(g *gorm.DB, f filter) *gorm.DB {
		q := g.Where("user_id = ?", 1).Where("created_at > ?", f.since).Where("is_active = ?", true)
		if f.host != nil {
			q = q.Where("host = ?", *f.host)
		}
		return q.Order("created_at DESC").Limit(f.limit)
	}
	return peer{
		name: "gorm",
		build: func(f filter) (string, []any, error) {
			var found []link
			q := query(dry, f).Find(&found)
			return q.Statement.SQL.String(), q.Statement.Vars, q.Error
		},
		get: func(slug string) (db.Link, error) {
			var l link
			err := g.Where("slug = ?", slug).Take(&l).Error
			return db.Link(l), err
		},
		list: func(f filter) (rows, error) {
			var found []link
			err := query(g, f).Find(&found).Error
			return tagged(found), err
		},
		insert: func(l db.Link) (db.Link, error) {
			got := link(l)
			err := g.Clauses(clause.Returning{}).Select(inserted).Create(&got).Error
			return db.Link(got), err
		},
		insertAll: func(b batch) error {
			return g.Transaction(func(tx *gorm.DB) error {
				return tx.Select(inserted).Create(&b.tagged).Error
			})
		},
		update: func(id int64, title string) (int64, error) {
			done := g.Model(&link{}).Where("id = ?", id).Update("title", title)
			return done.RowsAffected, done.Error
		},
	}, nil
}
