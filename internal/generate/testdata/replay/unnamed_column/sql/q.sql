-- name: IDs :many
SELECT id FROM notes;
