-- name: Named :many
SELECT id, name FROM people WHERE name <> '';
-- name: Add :one
INSERT INTO people (name) VALUES (?) RETURNING *;
