-- name: AllItems :many
SELECT * FROM items ORDER BY id;
