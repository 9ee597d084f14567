-- name: EnsureTag :one
-- EnsureTag returns the tag of that name. Whoever names it first has created it.
INSERT INTO tags (name, created_by)
VALUES (@name, @created_by)
ON CONFLICT (name) DO UPDATE SET name = tags.name
RETURNING *;

-- name: TagLink :exec
-- TagLink puts a tag on a link. It may be there already.
INSERT INTO link_tags (link_id, tag_id)
VALUES (@link_id, @tag_id)
ON CONFLICT DO NOTHING;

-- name: ListTagsOfLink :many
-- ListTagsOfLink returns the tags of a link, ordered by name.
SELECT tags.* FROM tags
JOIN link_tags ON link_tags.tag_id = tags.id
WHERE link_tags.link_id = @link_id
ORDER BY tags.name;
