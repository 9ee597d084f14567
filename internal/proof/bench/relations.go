package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// Clicks of the links, for what needs many rows.
const (
	parents  = 100
	pageSize = 50
)

// clicks is how many there are, a multiple of 50,000. A test has fewer.
var clicks = 1_000_000

// parent is a link with its clicks, for peers that load relations by tags.
type parent struct {
	bun.BaseModel `bun:"table:links" gorm:"-"`
	ID            int64   `bun:"id,pk" gorm:"column:id;primaryKey"`
	Clicks        []click `bun:"rel:has-many,join:id=link_id" gorm:"foreignKey:LinkID"`
}

func (parent) TableName() string { return "links" }

// click is db.Click with tags.
type click struct {
	bun.BaseModel `bun:"table:clicks" gorm:"-"`
	ID            int64           `bun:"id,pk" gorm:"column:id;primaryKey"`
	LinkID        int64           `bun:"link_id" gorm:"column:link_id"`
	ClickedAt     db.UnixTime     `bun:"clicked_at" gorm:"column:clicked_at"`
	Country       *string         `bun:"country" gorm:"column:country"`
	Referrer      *string         `bun:"referrer" gorm:"column:referrer"`
	Visitor       []byte          `bun:"visitor" gorm:"column:visitor"`
	IsBot         *bool           `bun:"is_bot" gorm:"column:is_bot"`
	LatencyMS     *float64        `bun:"latency_ms" gorm:"column:latency_ms"`
	Device        *db.ClickDevice `bun:"device" gorm:"column:device"`
}

func (click) TableName() string { return "clicks" }

const clickColumns = "id, link_id, clicked_at, country, referrer, visitor, is_bot, latency_ms, device"

func scanClicks(rows *sql.Rows, err error) ([]db.Click, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []db.Click
	for rows.Next() {
		var c db.Click
		if err := rows.Scan(&c.ID, &c.LinkID, &c.ClickedAt, &c.Country, &c.Referrer, &c.Visitor, &c.IsBot, &c.LatencyMS, &c.Device); err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, rows.Err()
}

// relations measures what reads many related rows, or rows far down a long
// list. The clicks are even over all links.
func relations(ctx context.Context, w io.Writer, rounds int, match *regexp.Regexp) error {
	load := fmt.Sprintf("load %d clicks of each of 100 links", clicks/50_000)
	newest := "the newest 3 clicks of each of 100 links"
	deep := fmt.Sprintf("50 rows behind %d", clicks*9/10)
	if !match.MatchString(load) && !match.MatchString(newest) && !match.MatchString(deep) {
		return nil
	}
	dir, err := os.MkdirTemp("", "drey-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c, err := open(ctx, filepath.Join(dir, "links.db"), 50_000)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := fillClicks(ctx, c); err != nil {
		return err
	}
	links, err := db.Links.OrderBy(db.Links.ID.Asc()).Limit(parents).All(ctx, c)
	if err != nil {
		return err
	}
	fmt.Fprint(w, "## Relations and pages\n\n| case | variant | time | ratio | allocations | bytes |\n|---|---|--:|--:|--:|--:|\n")
	for _, test := range []struct {
		name     string
		variants func(context.Context, *db.Client, []db.Link) ([]variant, error)
	}{{load, loadAll}, {newest, loadNewest}, {deep, deepPages}} {
		if !match.MatchString(test.name) {
			continue
		}
		variants, err := test.variants(ctx, c, links)
		if err != nil {
			return err
		}
		if err := report(w, rounds, test.name, variants); err != nil {
			return err
		}
	}
	fmt.Fprintln(w)
	return nil
}

func fillClicks(ctx context.Context, c *db.Client) error {
	country := "DE"
	insert := db.Clicks.Insert(db.Clicks.LinkID, db.Clicks.ClickedAt, db.Clicks.Country)
	rows := make([]db.Click, 50_000)
	for n := 0; n < clicks; n += len(rows) {
		for i := range rows {
			rows[i] = db.Click{LinkID: int64((n+i)%50_000 + 1), ClickedAt: db.UnixTime{Time: start}, Country: &country}
		}
		if _, err := insert.Exec(ctx, c, rows...); err != nil {
			return err
		}
	}
	return nil
}

// times repeats a variant that returns how many rows it has read.
func times(want int, read func() (int, error)) func(int) error {
	return func(n int) error {
		for range n {
			if got, err := read(); err != nil || got != want {
				return fmt.Errorf("%d rows, want %d: %w", got, want, err)
			}
		}
		return nil
	}
}

func loadAll(ctx context.Context, c *db.Client, links []db.Link) ([]variant, error) {
	list := "SELECT " + clickColumns + " FROM clicks WHERE link_id IN (?" + strings.Repeat(", ?", parents-1) + ")"
	stmt, err := c.ReadDB().PrepareContext(ctx, list)
	if err != nil {
		return nil, err
	}
	ids := make([]any, len(links))
	numbers := make([]int64, len(links))
	for i, l := range links {
		ids[i], numbers[i] = l.ID, l.ID
	}
	g, err := gorm.Open(sqlite.New(sqlite.Config{Conn: c.DB()}), &gorm.Config{PrepareStmt: true, DisableAutomaticPing: true, Logger: logger.Discard})
	if err != nil {
		return nil, err
	}
	b := bun.NewDB(c.DB(), sqlitedialect.New())
	want := parents * clicks / 50_000
	return []variant{
		{name: "by hand, prepared", run: times(want, func() (int, error) {
			found, err := scanClicks(stmt.QueryContext(ctx, ids...))
			by := make(map[int64][]db.Click, len(links))
			for _, c := range found {
				by[c.LinkID] = append(by[c.LinkID], c)
			}
			return len(found), err
		})},
		{name: "drey", run: times(want, func() (int, error) {
			by, err := drey.LoadMany(ctx, c, links, db.LinkToClicks, &db.Clicks.Query)
			n := 0
			for _, clicks := range by {
				n += len(clicks)
			}
			return n, err
		})},
		{name: "gorm, links too", run: times(want, func() (int, error) {
			var found []parent
			err := g.WithContext(ctx).Select("id").Preload("Clicks").Find(&found, numbers).Error
			return countClicks(found), err
		})},
		{name: "bun, links too", run: times(want, func() (int, error) {
			var found []parent
			err := b.NewSelect().Model(&found).Relation("Clicks").Where("id IN ?", bun.Tuple(numbers)).Scan(ctx)
			return countClicks(found), err
		})},
	}, nil
}

func countClicks(of []parent) (n int) {
	for _, p := range of {
		n += len(p.Clicks)
	}
	return n
}

func loadNewest(ctx context.Context, c *db.Client, links []db.Link) ([]variant, error) {
	window := "SELECT " + clickColumns + " FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY link_id ORDER BY clicked_at DESC, id DESC) AS n" +
		" FROM clicks WHERE link_id IN (?" + strings.Repeat(", ?", parents-1) + ")) WHERE n <= 3"
	stmt, err := c.ReadDB().PrepareContext(ctx, window)
	if err != nil {
		return nil, err
	}
	one, err := c.ReadDB().PrepareContext(ctx, "SELECT "+clickColumns+" FROM clicks WHERE link_id = ? ORDER BY clicked_at DESC, id DESC LIMIT 3")
	if err != nil {
		return nil, err
	}
	ids := make([]any, len(links))
	for i, l := range links {
		ids[i] = l.ID
	}
	q := db.Clicks.OrderBy(db.Clicks.ClickedAt.Desc(), db.Clicks.ID.Desc()).Limit(3)
	return []variant{
		{name: "by hand, a window, prepared", run: times(min(3, clicks/50_000)*parents, func() (int, error) {
			found, err := scanClicks(stmt.QueryContext(ctx, ids...))
			return len(found), err
		})},
		{name: "by hand, 100 queries, prepared", run: times(min(3, clicks/50_000)*parents, func() (int, error) {
			n := 0
			for _, id := range ids {
				found, err := scanClicks(one.QueryContext(ctx, id))
				if err != nil {
					return 0, err
				}
				n += len(found)
			}
			return n, nil
		})},
		{name: "drey", run: times(min(3, clicks/50_000)*parents, func() (int, error) {
			by, err := drey.LoadMany(ctx, c, links, db.LinkToClicks, q)
			n := 0
			for _, clicks := range by {
				n += len(clicks)
			}
			return n, err
		})},
	}, nil
}

func deepPages(ctx context.Context, c *db.Client, _ []db.Link) ([]variant, error) {
	keyset, err := c.ReadDB().PrepareContext(ctx, "SELECT "+clickColumns+" FROM clicks WHERE id > ? ORDER BY id LIMIT ?")
	if err != nil {
		return nil, err
	}
	offset, err := c.ReadDB().PrepareContext(ctx, "SELECT "+clickColumns+" FROM clicks ORDER BY id LIMIT ? OFFSET ?")
	if err != nil {
		return nil, err
	}
	q := db.Clicks.OrderBy(db.Clicks.ID.Asc())
	cursor := ""
	behind := clicks * 9 / 10
	for range behind / (drey.MaxPage / 2) {
		page, err := q.Page(ctx, c, cursor, drey.MaxPage/2)
		if err != nil {
			return nil, err
		}
		cursor = page.Next
	}
	return []variant{
		{name: "by hand, by key, prepared", run: times(pageSize, func() (int, error) {
			found, err := scanClicks(keyset.QueryContext(ctx, behind, pageSize))
			return len(found), err
		})},
		{name: "drey, Page", run: times(pageSize, func() (int, error) {
			page, err := q.Page(ctx, c, cursor, pageSize)
			if err != nil {
				return 0, err
			}
			return len(page.Rows), nil
		})},
		{name: "by hand, OFFSET, prepared", run: times(pageSize, func() (int, error) {
			found, err := scanClicks(offset.QueryContext(ctx, pageSize, behind))
			return len(found), err
		})},
	}, nil
}
