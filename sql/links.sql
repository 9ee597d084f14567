-- name: ResolveSlug :one
-- ResolveSlug is the hot path: where a slug leads, if it can be followed.
SELECT id, url FROM live_links
WHERE slug = @slug;

-- name: TaggedLinks :many
-- TaggedLinks returns the links with a tag; an empty tag stands for all links.
SELECT * FROM links
WHERE CAST(@tag AS TEXT) = '' OR EXISTS (
    SELECT 1 FROM link_tags
    JOIN tags ON tags.id = link_tags.tag_id
    WHERE link_tags.link_id = links.id AND tags.name = @tag
);

-- name: DeactivateExpired :execrows
-- DeactivateExpired switches off the links whose time is over and returns how
-- many that were.
UPDATE links SET is_active = FALSE
WHERE is_active AND expires_at <= unixepoch();
