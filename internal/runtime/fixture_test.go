package runtime

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// The sources of these tests, in the form in which drey generates them.

type link struct {
	ID      int64
	UserID  int64
	Slug    string
	Title   *string
	Clicks  int64
	Score   *float64
	Created UnixTime
}

type inLinks struct{}

type linksTable struct {
	Query[inLinks, link]
	TableWrites[inLinks, link]
	ID      *NumberColumn[inLinks, int64]
	UserID  *NumberColumn[inLinks, int64]
	Slug    *TextColumn[inLinks]
	Title   *NullTextColumn[inLinks]
	Clicks  *NumberColumn[inLinks, int64]
	Score   *NullNumberColumn[inLinks, float64]
	Created *OrderedColumn[inLinks, UnixTime]
}

var linksRelation = relation{
	id:      1,
	name:    `"links"`,
	columns: []string{`"id"`, `"user_id"`, `"slug"`, `"title"`, `"clicks"`, `"score"`, `"created"`},
	unique:  [][]uint16{{0}, {2}},
	key:     []uint16{0},

	nullable: []uint16{3, 5},

	defaults: map[uint16]string{4: "0"},
}

func linkFields(r *link, to []any) []any {
	return append(to, &r.ID, &r.UserID, &r.Slug, &r.Title, &r.Clicks, &r.Score, &r.Created)
}

var links = linksTable{
	Query:       *newQuery[inLinks](&linksRelation, linkFields),
	TableWrites: newTableWrites[inLinks](&linksRelation, linkFields),
	ID:          numberColumn[inLinks, int64](&linksRelation, 0),
	UserID:      numberColumn[inLinks, int64](&linksRelation, 1),
	Slug:        textColumn[inLinks](&linksRelation, 2),
	Title:       nullTextColumn[inLinks](&linksRelation, 3),
	Clicks:      numberColumn[inLinks, int64](&linksRelation, 4),
	Score:       nullNumberColumn[inLinks, float64](&linksRelation, 5),
	Created:     orderedColumn[inLinks, UnixTime](&linksRelation, 6),
}

// What generated code alone uses: kinds of handles that no source here has, and a
// list whose values are bound through a function.
var (
	_ = nullOrderedColumn[inLinks, UnixTime]
	_ = namedTextColumn[inLinks, string]
	_ = nullNamedTextColumn[inLinks, string]
	_ = listThrough[int64, int64]
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
func openFixture(tb testing.TB, n int) *Client {
	tb.Helper()
	migrations = []migration{{version: 1, name: "00001_links.sql", up: []string{fixtureSchema}}}
	tb.Cleanup(func() { migrations = nil })
	ctx := context.Background()
	c, err := Open(ctx, ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	err = c.Tx(ctx, func(tx *Tx) error {
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
