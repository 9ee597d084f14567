-- name: Named :many
SELECT id, name FROM pets WHERE name <> '';
-- name: Add :one
INSERT INTO pets (person_id, name) VALUES (?, ?) RETURNING *;
