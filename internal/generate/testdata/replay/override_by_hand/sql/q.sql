-- name: Prices :many
SELECT price FROM notes;
