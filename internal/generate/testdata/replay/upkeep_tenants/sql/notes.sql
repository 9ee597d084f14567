-- name: Slugs :many
SELECT slug FROM notes WHERE account_id = @account_id AND deleted_at IS NULL;
