package drey_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// The sources of these tests, in the form in which drey generates them.

type link struct {
	ID      int64
	UserID  int64
	Slug    string
	Title   *string
	Clicks  int64
	Score   *float64
	Created drey.UnixTime
}

type inLinks struct{}

type linksTable struct {
	drey.Query[inLinks, link]
	drey.TableWrites[inLinks, link]
	ID      *drey.NumberColumn[inLinks, int64]
	UserID  *drey.NumberColumn[inLinks, int64]
	Slug    *drey.TextColumn[inLinks]
	Title   *drey.NullTextColumn[inLinks]
	Clicks  *drey.NumberColumn[inLinks, int64]
	Score   *drey.NullNumberColumn[inLinks, float64]
	Created *drey.OrderedColumn[inLinks, drey.UnixTime]
}

var linksRelation = drey.Relation{
	id:      1,
	Name:    `"links"`,
	Columns: []string{`"id"`, `"user_id"`, `"slug"`, `"title"`, `"clicks"`, `"score"`, `"created"`},
	Unique:  [][]uint16{{0}, {2}},
	Key:     []uint16{0},

	Nullable: []uint16{3, 5},

	Defaults: map[uint16]string{4: "0"},
}

func linkFields(r *link, to []any) []any {
	return append(to, &r.ID, &r.UserID, &r.Slug, &r.Title, &r.Clicks, &r.Score, &r.Created)
}

var links = linksTable{
	Query:       *drey.NewQuery[inLinks](&linksRelation, linkFields),
	TableWrites: drey.NewTableWrites[inLinks](&linksRelation, linkFields),
	ID:          drey.NewNumberColumn[inLinks, int64](&linksRelation, 0),
	UserID:      drey.NewNumberColumn[inLinks, int64](&linksRelation, 1),
	Slug:        drey.NewTextColumn[inLinks](&linksRelation, 2),
	Title:       drey.NewNullTextColumn[inLinks](&linksRelation, 3),
	Clicks:      drey.NewNumberColumn[inLinks, int64](&linksRelation, 4),
	Score:       drey.NewNullNumberColumn[inLinks, float64](&linksRelation, 5),
	Created:     drey.NewOrderedColumn[inLinks, drey.UnixTime](&linksRelation, 6),
}

// What generated code alone uses: kinds of handles that no source here has, and a
// list whose values are bound through a function.
var (
	_ = drey.NewNullOrderedColumn[inLinks, drey.UnixTime]
	_ = drey.NewNamedTextColumn[inLinks, string]
	_ = drey.NewNullNamedTextColumn[inLinks, string]
	_ = drey.ListThrough[int64, int64]
)

const fixtureSchema = `CREATE TABLE links (
	id INTEGER PRIMARY KEY,
	user_id INTEGER NOT NULL,
	slug TEXT NOT NULL UNIQUE,
	title TEXT,
	clicks INTEGER NOT NULL DEFAULT 0,
	score REAL,
	created INTEGER NOT NULL
) STRICT;
CREATE INDEX links_user ON links (user_id, created);`

// openFixture opens a database in memory with n links. Every third has no
// title, every second no score.
func openFixture(tb testing.TB, n int) *drey.Client {
	tb.Helper()
	drey.migrations = []sqlite.Migration{{Version: 1, Name: "00001_links.sql", Up: []string{fixtureSchema}}}
	tb.Cleanup(func() { drey.migrations = nil })
	ctx := context.Background()
	c, err := sqlite.Open(ctx, ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	err = c.Tx(ctx, func(tx *drey.Tx) error {
		for i := range n {
			var title, score any
			if i%3 != 0 {
				title = fmt.Sprintf("Title %d", i)
			}
			if i%2 != 0 {
				score = float64(i) / 2
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?)",
				i+1, i%10+1, fmt.Sprintf("slug-%04d", i), title, i%7, score, 1_700_000_000+i)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// fixtureTime is when the link of that number was created.
func fixtureTime(i int) time.Time { return time.Unix(int64(1_700_000_000+i), 0) }
