package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	jet "github.com/go-jet/jet/v2/sqlite"
	"github.com/go-jet/jet/v2/stmtcache"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// hosted is a host with measures of its links.
type hosted struct {
	Host   string
	Links  int64
	Clicks int64
	Most   int64
	Mean   float64
}

// analyzed is how many of the links are grouped and ordered.
const analyzed = 200

// analytics measures what computes in SQL: groups, and orders by expressions.
func analytics(ctx context.Context, w io.Writer, rounds int, match *regexp.Regexp) error {
	cases := []struct {
		name     string
		variants func(context.Context, *db.Client, *gorm.DB, *bun.DB) ([]variant, error)
	}{
		{"group with four measures", groups},
		{"order by an expression", ordered},
	}
	var c *db.Client
	for _, test := range cases {
		if !match.MatchString(test.name) {
			continue
		}
		if c == nil {
			dir, err := os.MkdirTemp("", "drey-bench-*")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			if c, err = open(ctx, filepath.Join(dir, "links.db"), 1000); err != nil {
				return err
			}
			defer c.Close()
			if err := vary(ctx, c); err != nil {
				return err
			}
			fmt.Fprint(w, "## Analytics\n\n| case | variant | time | ratio | allocations | bytes |\n|---|---|--:|--:|--:|--:|\n")
		}
		g, err := gorm.Open(sqlite.New(sqlite.Config{Conn: c.ReadDB()}), &gorm.Config{PrepareStmt: true, DisableAutomaticPing: true, Logger: logger.Discard})
		if err != nil {
			return err
		}
		variants, err := test.variants(ctx, c, g, bun.NewDB(c.ReadDB(), sqlitedialect.New()))
		if err != nil {
			return err
		}
		if err := report(w, rounds, test.name, variants); err != nil {
			return err
		}
	}
	if c != nil {
		fmt.Fprintln(w)
	}
	return nil
}

// vary gives the links seven hosts, and numbers of clicks.
func vary(ctx context.Context, c *db.Client) error {
	return c.Tx(ctx, func(tx *db.Tx) error {
		for i := range int64(analyzed) {
			set := []drey.Assignment[db.LinksSource]{
				db.Links.URL.Set(fmt.Sprintf("https://h%d.example/%d", i%7, i)), db.Links.ClickCount.Set(i * i % 101),
			}
			if i%3 > 0 {
				set = append(set, db.Links.MaxClicks.Set(1000-i))
			}
			if _, err := db.Links.Update(set...).Where(db.Links.ID.Eq(i+1)).Exec(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// groups are the hosts of some links, those with the most clicks first.
func groups(ctx context.Context, c *db.Client, g *gorm.DB, b *bun.DB) ([]variant, error) {
	const (
		measures = "host, count(*) AS links, coalesce(sum(click_count), 0) AS clicks, coalesce(max(max_clicks), 0) AS most, coalesce(avg(max_clicks), 0) AS mean"
		text     = "SELECT " + measures + " FROM links WHERE id <= ? AND is_active = ? GROUP BY host HAVING count(*) >= ? ORDER BY coalesce(sum(click_count), 0) DESC, host LIMIT ?"
	)
	stmt, err := c.ReadDB().PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	byHand := func() ([]hosted, error) {
		rows, err := stmt.QueryContext(ctx, analyzed, true, 1, 10)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var found []hosted
		for rows.Next() {
			var h hosted
			if err := rows.Scan(&h.Host, &h.Links, &h.Clicks, &h.Most, &h.Mean); err != nil {
				return nil, err
			}
			found = append(found, h)
		}
		return found, rows.Err()
	}
	links, clicks := drey.CountRows[db.LinksSource](), drey.Sum(db.Links.ClickCount)
	most, mean := drey.Coalesce(drey.Max(db.Links.MaxClicks), 0), drey.Coalesce(drey.Avg(db.Links.MaxClicks), 0)
	host := drey.Key(db.Links.Host)
	hosts := func() ([]hosted, error) {
		active := db.Links.Where(db.Links.ID.Lte(analyzed), db.Links.IsActive.Eq(true))
		return drey.Select(drey.GroupBy(active, db.Links.Host), func(p *drey.Projection[drey.Grouped[db.LinksSource]], to *hosted) {
			drey.ReadInto(p, host, &to.Host)
			drey.ReadInto(p, links, &to.Links)
			drey.ReadInto(p, clicks, &to.Clicks)
			drey.ReadInto(p, most, &to.Most)
			drey.ReadInto(p, mean, &to.Mean)
		}).Where(links.Gte(1)).OrderBy(clicks.Desc(), host.Asc()).Limit(10).All(ctx, c)
	}
	cache := stmtcache.New(c.ReadDB())
	want, err := byHand()
	if err != nil {
		return nil, err
	}
	if len(want) == 0 {
		return nil, fmt.Errorf("no group")
	}
	n := len(want)
	same := func(found []hosted, err error) (int, error) {
		if err == nil && len(found) == n && (found[0] != want[0] || found[n-1] != want[n-1]) {
			err = fmt.Errorf("%v, want %v", found, want)
		}
		return len(found), err
	}
	return []variant{
		{name: "by hand, prepared", run: times(n, func() (int, error) { return same(byHand()) })},
		{name: "drey", run: times(n, func() (int, error) { return same(hosts()) })},
		{name: "jet", run: times(n, func() (int, error) {
			var found []hosted
			rows, links, clicks := jet.COUNT(jet.STAR), jet.COUNT(jet.STAR), jet.COALESCE(jet.SUM(jetClickCount), jet.Int(0))
			err := jet.SELECT(jetHost.AS("hosted.host"), rows.AS("hosted.links"), clicks.AS("hosted.clicks"), jet.COALESCE(jet.MAX(jetMaxClicks), jet.Int(0)).AS("hosted.most"), jet.COALESCE(jet.AVG(jetMaxClicks), jet.Int(0)).AS("hosted.mean")).
				FROM(jetLinks).WHERE(jetID.LT_EQ(jet.Int(analyzed)).AND(jetIsActive.EQ(jet.Bool(true)))).GROUP_BY(jetHost).
				HAVING(links.GT_EQ(jet.Int(1))).ORDER_BY(clicks.DESC(), jetHost.ASC()).LIMIT(10).QueryContext(ctx, cache, &found)
			return same(found, err)
		})},
		{name: "bun", run: times(n, func() (int, error) {
			var found []hosted
			err := b.NewSelect().TableExpr("links").ColumnExpr(measures).Where("id <= ?", analyzed).Where("is_active = ?", true).Group("host").
				Having("count(*) >= ?", 1).OrderExpr("clicks DESC, host").Limit(10).Scan(ctx, &found)
			return same(found, err)
		})},
		{name: "gorm", run: times(n, func() (int, error) {
			var found []hosted
			err := g.WithContext(ctx).Table("links").Select(measures).Where("id <= ?", analyzed).Where("is_active = ?", true).Group("host").
				Having("count(*) >= ?", 1).Order("clicks DESC, host").Limit(10).Find(&found).Error
			return same(found, err)
		})},
	}, nil
}

// ordered are links by what they may still be clicked.
func ordered(ctx context.Context, c *db.Client, g *gorm.DB, b *bun.DB) ([]variant, error) {
	const order = "coalesce(max_clicks, 0) - click_count, id"
	stmt, err := c.ReadDB().PrepareContext(ctx, "SELECT "+linkColumns+" FROM links WHERE id <= ? ORDER BY coalesce(max_clicks, ?) - click_count, id LIMIT ?")
	if err != nil {
		return nil, err
	}
	left := drey.Minus(drey.Coalesce(db.Links.MaxClicks, 0), db.Links.ClickCount)
	cache := stmtcache.New(c.ReadDB())
	const n = 20
	return []variant{
		{name: "by hand, prepared", run: times(n, func() (int, error) {
			found, err := scanLinks(stmt.QueryContext(ctx, analyzed, 0, n))
			if err != nil {
				return 0, err
			}
			return found.len(), nil
		})},
		{name: "drey", run: times(n, func() (int, error) {
			found, err := db.Links.Where(db.Links.ID.Lte(analyzed)).OrderBy(left.Asc(), db.Links.ID.Asc()).Limit(n).All(ctx, c)
			return len(found), err
		})},
		{name: "jet", run: times(n, func() (int, error) {
			var found []Links
			err := jet.SELECT(jetColumns).FROM(jetLinks).WHERE(jetID.LT_EQ(jet.Int(analyzed))).
				ORDER_BY(jet.IntExp(jet.COALESCE(jetMaxClicks, jet.Int(0))).SUB(jetClickCount).ASC(), jetID.ASC()).LIMIT(n).QueryContext(ctx, cache, &found)
			return len(found), err
		})},
		{name: "bun", run: times(n, func() (int, error) {
			var found []link
			err := b.NewSelect().TableExpr("links").Column(columns...).Where("id <= ?", analyzed).OrderExpr(order).Limit(n).Scan(ctx, &found)
			return len(found), err
		})},
		{name: "gorm", run: times(n, func() (int, error) {
			var found []link
			err := g.WithContext(ctx).Table("links").Where("id <= ?", analyzed).Order(order).Limit(n).Find(&found).Error
			return len(found), err
		})},
	}, nil
}
