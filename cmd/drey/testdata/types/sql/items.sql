-- name: ItemsOf :many
SELECT * FROM items WHERE status = @status ORDER BY id;

-- UpsertItemByCode is a copy of the generated one, which gives way.
-- name: UpsertItemByCode :one
INSERT INTO items (code, at, status)
SELECT @code, COALESCE(sqlc.narg('at'), 1000) AS at, COALESCE(sqlc.narg('status'), 'draft') AS status
WHERE true
ON CONFLICT (code) DO UPDATE SET at = COALESCE(?2, at), status = COALESCE(?3, status)
RETURNING *;

-- name: ItemsSince :many
SELECT * FROM items
WHERE (sqlc.narg('since') IS NULL OR at >= sqlc.narg('since')) AND (sqlc.narg('uid') IS NULL OR uid = sqlc.narg('uid'))
ORDER BY id;
