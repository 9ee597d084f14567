-- name: Tags :many
SELECT id AS tag FROM tags;
