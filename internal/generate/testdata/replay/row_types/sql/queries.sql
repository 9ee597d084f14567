-- name: FirstUser :one
SELECT id, email FROM users ORDER BY id LIMIT 1;
