-- name: Notes :many
SELECT id, note FROM items WHERE id > 0;
