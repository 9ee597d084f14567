-- name: ItemsOf :many
SELECT * FROM items WHERE status = @status ORDER BY id;
