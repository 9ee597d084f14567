-- name: FirstUser :one
SELECT * FROM users ORDER BY id LIMIT 1;
