-- name: PopularLinks :many
SELECT * FROM links WHERE clicks >= @least;

-- name: QuietLinks :many
SELECT * FROM links WHERE clicks = 0;

-- name: LinksOfSlug :many
SELECT id, slug, clicks, note FROM links WHERE slug LIKE @slug;

-- name: ReorderedLinks :many
SELECT slug, id, clicks, note FROM links;

-- name: NotedLinks :many
SELECT * FROM links WHERE note IS NOT NULL;

-- name: PopularLinksTwice :many
SELECT sqlc.embed(links) FROM links;
