-- name: NotesOfUser :many
SELECT n.id, n.slug FROM notes AS n JOIN users AS u ON u.id = n.user_id
WHERE u.email = @email AND n.deleted_at IS NULL AND u.removed_at IS NULL;
