package service

import (
	"time"

	sq "github.com/Masterminds/squirrel"

	"example.com/shop/internal/db"
	drey "example.com/shop/internal/runtime"
)

const hot = 100

const slugColumn = "slug"

func links(slug, pattern string, n int64, ids []int64, since db.UnixTime, c *db.Client) {
	q := sq.Select("*").From("links").Where(sq.Eq{"slug": slug}) // want `db.Links.Slug.Eq is the same condition`
	if n > 0 {
		q = q.Where("click_count >= ?", n) // want `db.Links.ClickCount.Gte`
	}
	q = q.Where(sq.Or{
		sq.Gt{"click_count": hot},       // want `db.Links.ClickCount.Gt `
		sq.And{sq.Eq{"title": nil}},     // want `db.Links.Title.IsNull`
		sq.Expr(`"expires_at" NOTNULL`), // want `db.Links.ExpiresAt.IsNotNull`
	}).OrderBy("created_at DESC").Limit(10) // want `db.Links.CreatedAt.Desc is the same order`
	run(
		q,
		sq.Select("id").From("Links").Where(sq.Eq{"id": ids}),                               // want `db.Links.ID.In `
		sq.Select("id").From("links").Where(sq.Eq{"id": []int64{1, 2}}),                     // want `db.Links.ID.In `
		sq.Select("id").From("links").Where(map[string]any{"is_active": true}),              // want `db.Links.IsActive.Eq `
		sq.Select("id").From("links").Where(sq.Like{"links.url": pattern}),                  // want `db.Links.URL.Like `
		sq.Select("id").From(`"links"`).Where(sq.LtOrEq{"created_at": since}),               // want `db.Links.CreatedAt.Lte `
		sq.Select("id").From("links").Where(sq.Lt{"max_clicks": 5}),                         // want `db.Links.MaxClicks.Lt `
		sq.Select("id").From("links").Where(sq.NotEq{slugColumn: "x" + slug}),               // want `db.Links.Slug.NotEq `
		sq.Select("id").From("links").Where("links . slug <> ?", slug),                      // want `db.Links.Slug.NotEq `
		sq.Select("id").From("clicks").Where(sq.GtOrEq{"latency_ms": 1.5}),                  // want `db.Clicks.LatencyMS.Gte `
		sq.Update("links").Set("title", "x").Where(sq.Eq{"host": slug}),                     // want `db.Links.Host.Eq `
		sq.Delete("").From("link_tags").Where(sq.Eq{"tag_id": n}),                           // want `db.LinkTags.TagID.Eq `
		sq.Select("id").From("live_links").Where("slug like ?", pattern),                    // want `db.LiveLinks.Slug.Like `
		sq.Select("id").From("links").Where(sq.Eq{"created_at": drey.Unix(time.Now())}),     // want `db.Links.CreatedAt.Eq `
		sq.Select("id").From("links").OrderBy("slug", "links.id desc"),                      // want `db.Links.Slug.Asc `
		sq.Select("id", "title").From("links").OrderBy("title ASC NULLS LAST"),              // want `db.Links.Title.Asc `
		sq.Select("count(*) AS n").From("links").GroupBy("host").OrderByClause("host desc"), // want `db.Links.Host.Desc `
		sq.Select("links.slug, title").Distinct().From("links").OrderBy("slug"),             // want `db.Links.Slug.Asc `
		sq.Select("id").FromSelect(
			sq.Select("id").From("links").Where(sq.Eq{"slug": slug}), // want `db.Links.Slug.Eq `
			"x"),
	)
}
