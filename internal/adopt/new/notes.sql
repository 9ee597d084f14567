-- name: NotesByStatus :many
-- NotesByStatus counts the notes of each status.
SELECT status, COUNT(*) AS notes
FROM notes
GROUP BY status;
