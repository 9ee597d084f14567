-- name: One :one
SELECT id FROM boats WHERE id = ?;
