package main

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/dreysql/drey/internal/db"
)

// peer is one way to do what the cases measure. All peers share one database and
// its driver, and all but drey one pool of connections, opened with the same
// options. They select the same columns into the same fields, and have the same
// effect; TestPeers holds them to it.
type peer struct {
	name      string
	build     func(filter) (string, []any, error) // nil: not measured
	get       func(slug string) (db.Link, error)
	list      func(filter) (rows, error)
	insert    func(db.Link) (db.Link, error) // returns the row as the database has it
	insertAll func(batch) error              // in one transaction, returns nothing
	update    func(id int64, title string) (affected int64, err error)
	// upsert inserts a link, or adds its clicks to those of the link with its slug.
	upsert func(db.Link) error
	// copy inserts the links from one id to another once more, with "-copy" after
	// their slugs, by INSERT ... SELECT.
	copy  func(from, to int64) (affected int64, err error)
	close func() error // nil: nothing to close
}

// peers makes them in the order of the tables: ratios are to the first.
func peers(ctx context.Context, c *db.Client, path string) (made []peer, err error) {
	pool, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"+
		"&_pragma=foreign_keys(ON)&_txlock=immediate&_time_format=sqlite&_timezone=UTC&_dqs=0")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			closePeers(made)
			pool.Close()
		}
	}()
	others := db.NewClient(pool)
	for _, open := range []func(context.Context, *db.Client) (peer, error){
		handPrepared, dreyPeer, handPlain, squirrelPlain, squirrelCached,
		goquPeer, sqlbuilderPeer, jetPeer, bobPeer, entPeer, bunPeer, gormPeer,
	} {
		on := others
		if len(made) == 1 { // drey is the second
			on = c
		}
		p, err := open(ctx, on)
		if err != nil {
			return made, err
		}
		made = append(made, p)
	}
	made[0].close = closing(made[0].close, others.Close, pool.Close)
	return made, nil
}

// closing closes in order.
func closing(list ...func() error) func() error {
	return func() (err error) {
		for _, c := range list {
			if c != nil {
				err = errors.Join(err, c())
			}
		}
		return err
	}
}

func closePeers(all []peer) {
	for _, p := range slices.Backward(all) { // the first one has the pool
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
