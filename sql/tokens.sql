-- name: UseToken :one
-- UseToken finds the user of a token that is not revoked, and notes the use.
UPDATE api_tokens SET last_used_at = unixepoch()
WHERE hash = @hash AND revoked_at IS NULL
RETURNING user_id, scope;
