package main

import (
	"context"

	jet "github.com/go-jet/jet/v2/sqlite"
	"github.com/go-jet/jet/v2/stmtcache"

	"github.com/dreysql/drey/internal/db"
)

// Links is the model as jet generates it: its scans go by the name of the type
// and the fields.
type Links struct {
	ID         int64 `sql:"primary_key"`
	UserID     int64
	Slug       string
	URL        string
	Host       string
	Title      *string
	Metadata   db.JSON
	IsActive   bool
	MaxClicks  *int64
	ClickCount int64
	ExpiresAt  *db.UnixTime
	CreatedAt  db.UnixTime
}

// What jet would generate from the table.
var (
	jetID         = jet.IntegerColumn("id")
	jetUserID     = jet.IntegerColumn("user_id")
	jetSlug       = jet.StringColumn("slug")
	jetURL        = jet.StringColumn("url")
	jetHost       = jet.StringColumn("host")
	jetTitle      = jet.StringColumn("title")
	jetMetadata   = jet.StringColumn("metadata")
	jetIsActive   = jet.BoolColumn("is_active")
	jetMaxClicks  = jet.IntegerColumn("max_clicks")
	jetClickCount = jet.IntegerColumn("click_count")
	jetExpiresAt  = jet.IntegerColumn("expires_at")
	jetCreatedAt  = jet.IntegerColumn("created_at")

	jetColumns = jet.ColumnList{jetID, jetUserID, jetSlug, jetURL, jetHost, jetTitle, jetMetadata, jetIsActive,
		jetMaxClicks, jetClickCount, jetExpiresAt, jetCreatedAt}
	jetInserted = jet.ColumnList{jetUserID, jetSlug, jetURL, jetTitle, jetCreatedAt}
	jetUpserted = jet.ColumnList{jetUserID, jetSlug, jetURL, jetClickCount, jetCreatedAt}
	jetLinks    = jet.NewTable("", "links", "", jetColumns...)
)

// jetList is the rows of jet's model.
type jetList []Links

func (r jetList) len() int         { return len(r) }
func (r jetList) at(i int) db.Link { return db.Link(r[i]) }

// jetPeer is jet with its cache of prepared statements.
func jetPeer(ctx context.Context, c *db.Client) (peer, error) {
	cache := stmtcache.New(c.DB())
	query := func(f filter) jet.SelectStatement {
		where := jetUserID.EQ(jet.Int(1)).AND(jetCreatedAt.GT(jet.Int(f.since.Unix()))).AND(jetIsActive.EQ(jet.Bool(true)))
		if f.host != nil {
			where = where.AND(jetHost.EQ(jet.String(*f.host)))
		}
		return jet.SELECT(jetColumns).FROM(jetLinks).WHERE(where).ORDER_BY(jetCreatedAt.DESC()).LIMIT(int64(f.limit))
	}
	return peer{
		name: "jet",
		build: func(f filter) (string, []any, error) {
			text, args := query(f).Sql()
			return text, args, nil
		},
		get: func(slug string) (db.Link, error) {
			var l Links
			err := jet.SELECT(jetColumns).FROM(jetLinks).WHERE(jetSlug.EQ(jet.String(slug))).QueryContext(ctx, cache, &l)
			return db.Link(l), err
		},
		list: func(f filter) (rows, error) {
			var found []Links
			err := query(f).QueryContext(ctx, cache, &found)
			return jetList(found), err
		},
		insert: func(l db.Link) (db.Link, error) {
			var got Links
			err := jetLinks.INSERT(jetInserted).MODEL(Links(l)).RETURNING(jetColumns).QueryContext(ctx, cache, &got)
			return db.Link(got), err
		},
		insertAll: func(b batch) error {
			tx, err := cache.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			if _, err := jetLinks.INSERT(jetInserted).MODELS(b.tagged).ExecContext(ctx, tx); err != nil {
				tx.Rollback()
				return err
			}
			return tx.Commit()
		},
		update: func(id int64, title string) (int64, error) {
			return affected(jetLinks.UPDATE(jetTitle).SET(jet.String(title)).WHERE(jetID.EQ(jet.Int(id))).ExecContext(ctx, cache))
		},
		upsert: func(l db.Link) error {
			_, err := jetLinks.INSERT(jetUpserted).MODEL(Links(l)).ON_CONFLICT(jetSlug).DO_UPDATE(jet.SET(
				jetClickCount.SET(jet.RawInt("links.click_count + excluded.click_count")),
			)).ExecContext(ctx, cache)
			return err
		},
		copy: func(from, to int64) (int64, error) {
			slug := jetSlug.CONCAT(jet.String("-copy"))
			return affected(jetLinks.INSERT(jetInserted).QUERY(
				jet.SELECT(jetUserID, slug, jetURL, jetTitle, jetCreatedAt).FROM(jetLinks).WHERE(jetID.BETWEEN(jet.Int(from), jet.Int(to))),
			).ExecContext(ctx, cache))
		},
		close: cache.Close,
	}, nil
}
