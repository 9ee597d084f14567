-- name: Titles :many
SELECT title FROM notes;
