-- name: Remove :one
DELETE FROM users WHERE id = @id RETURNING id, email, name;
