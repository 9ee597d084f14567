-- name: UseToken :exec
-- UseToken notes that a token is in use, to the minute: a token that is in use
-- all the time is not written all the time.
UPDATE api_tokens SET last_used_at = unixepoch()
WHERE id = @id AND COALESCE(last_used_at, 0) <= unixepoch() - 60;

-- name: GrantToken :exec
-- GrantToken gives the user of that address a token. By address, so that it can
-- stand in a batch behind what creates the user.
INSERT INTO api_tokens (user_id, label, hash, scope)
SELECT id, @label, @hash, @scope FROM users
WHERE email = @email;
