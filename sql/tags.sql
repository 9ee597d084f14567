-- name: EnsureTag :exec
-- EnsureTag makes a tag if there is none of that name. Whoever names it first
-- has created it.
INSERT INTO tags (name, created_by)
VALUES (@name, @created_by)
ON CONFLICT DO NOTHING;

-- name: TagLink :exec
-- TagLink puts a tag on the link of that slug. It may be there already. By slug,
-- so that it can stand in a batch behind what creates the link.
INSERT INTO link_tags (link_id, tag_id)
SELECT links.id, tags.id FROM links
JOIN tags ON tags.name = @name
WHERE links.slug = @slug
ON CONFLICT DO NOTHING;

-- name: TagNames :many
-- TagNames returns each link's tags.
SELECT link_tags.link_id, tags.name
FROM link_tags
JOIN tags ON tags.id = link_tags.tag_id;
