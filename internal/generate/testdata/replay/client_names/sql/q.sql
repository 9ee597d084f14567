-- name: Stats :one
SELECT COUNT(*) FROM users;
-- name: QueryContext :many
SELECT id FROM users;
-- name: Snapshot :one
SELECT name FROM users WHERE id = ?;
-- name: Drey :many
SELECT name FROM users;
-- name: Sqlite :many
SELECT name FROM users;
