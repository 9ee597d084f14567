-- name: Title :many
SELECT id FROM notes WHERE title = @title_value;
