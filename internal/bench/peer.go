package main

import (
	"context"

	"github.com/dreysql/drey/internal/db"
)

// peer is one way to do what the cases measure. All peers share one database,
// its pool of connections and its driver, select the same columns into the
// same fields, and have the same effect; TestPeers holds them to it.
type peer struct {
	name      string
	build     func(filter) (string, []any, error) // nil: not measured
	get       func(slug string) (db.Link, error)
	list      func(filter) (rows, error)
	insert    func(db.Link) (db.Link, error) // returns the row as the database has it
	insertAll func(batch) error              // in one transaction, returns nothing
	update    func(id int64, title string) (affected int64, err error)
	close     func() error // nil: nothing to close
}

// peers makes them in the order of the tables: ratios are to the first.
func peers(ctx context.Context, c *db.Client) (made []peer, err error) {
	defer func() {
		if err != nil {
			closePeers(made)
		}
	}()
	for _, open := range []func(context.Context, *db.Client) (peer, error){
		handPrepared, dreyPeer, handPlain, squirrelPlain, squirrelCached,
		goquPeer, sqlbuilderPeer, jetPeer, bobPeer, entPeer, bunPeer, gormPeer,
	} {
		p, err := open(ctx, c)
		if err != nil {
			return made, err
		}
		made = append(made, p)
	}
	return made, nil
}

func closePeers(all []peer) {
	for _, p := range all {
		if p.close != nil {
			p.close()
		}
	}
}

// filter is what a dashboard asks for: the active links of user 1 since a time,
// newest first, of one host if that is given.
type filter struct {
	since db.UnixTime
	host  *string
	limit int
}

// link is db.Link with the tags that peers need. goqu, go-sqlbuilder and bob
// read db, ent reads json.
type link struct {
	ID         int64        `db:"id" json:"id" bun:"id,pk,autoincrement" gorm:"column:id;primaryKey"`
	UserID     int64        `db:"user_id" json:"user_id" bun:"user_id" gorm:"column:user_id"`
	Slug       string       `db:"slug" json:"slug" bun:"slug" gorm:"column:slug"`
	URL        string       `db:"url" json:"url" bun:"url" gorm:"column:url"`
	Host       string       `db:"host" json:"host" bun:"host" gorm:"column:host;->"`
	Title      *string      `db:"title" json:"title" bun:"title" gorm:"column:title"`
	Metadata   db.JSON      `db:"metadata" json:"metadata" bun:"metadata" gorm:"column:metadata"`
	IsActive   bool         `db:"is_active" json:"is_active" bun:"is_active" gorm:"column:is_active"`
	MaxClicks  *int64       `db:"max_clicks" json:"max_clicks" bun:"max_clicks" gorm:"column:max_clicks"`
	ClickCount int64        `db:"click_count" json:"click_count" bun:"click_count" gorm:"column:click_count"`
	ExpiresAt  *db.UnixTime `db:"expires_at" json:"expires_at" bun:"expires_at" gorm:"column:expires_at"`
	CreatedAt  db.UnixTime  `db:"created_at" json:"created_at" bun:"created_at" gorm:"column:created_at;autoCreateTime:false"`
}

// TableName is for gorm.
func (link) TableName() string { return "links" }

// rows are what a list returns, without a copy for those whose type is their own.
type rows interface {
	len() int
	at(int) db.Link
}

type (
	plain  []db.Link
	tagged []link
)

func (r plain) len() int         { return len(r) }
func (r plain) at(i int) db.Link { return r[i] }

func (r tagged) len() int         { return len(r) }
func (r tagged) at(i int) db.Link { return db.Link(r[i]) }

// batch is rows to insert, in both types.
type batch struct {
	plain  []db.Link
	tagged []link
}

func newBatch(rows []db.Link) batch {
	b := batch{plain: rows}
	for _, r := range rows {
		b.tagged = append(b.tagged, link(r))
	}
	return b
}

// inserted are the columns that an insert writes; the others get their
// defaults. values are theirs.
var inserted = []string{"user_id", "slug", "url", "title", "created_at"}

func values(l *db.Link) []any { return []any{l.UserID, l.Slug, l.URL, l.Title, l.CreatedAt} }
