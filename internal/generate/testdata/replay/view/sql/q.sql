-- name: ListItems :many
SELECT * FROM items;
