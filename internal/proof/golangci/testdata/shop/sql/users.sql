-- name: Names :many
SELECT name FROM users;
