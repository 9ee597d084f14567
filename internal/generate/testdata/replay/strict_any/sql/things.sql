-- name: AllThings :many
SELECT id, v FROM things;
