-- name: Due :many
SELECT id FROM jobs
WHERE queue = @queue AND due_at <= @now
ORDER BY due_at LIMIT 10;

-- drey:allow scan: once a night
-- name: Sweep :exec
DELETE FROM jobs WHERE state = 'done';

-- drey:allow scan: it used to
-- name: ByID :one
SELECT state FROM jobs WHERE id = @id;

-- name: All :many
SELECT state FROM jobs;
