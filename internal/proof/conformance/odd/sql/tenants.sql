-- name: TaskCounts :many
SELECT projects.id, projects.code, COUNT(tasks.id) AS tasks
FROM projects
LEFT JOIN tasks ON tasks.project_id = projects.id AND tasks.account_id = projects.account_id AND tasks.gone_at IS NULL
WHERE projects.account_id = @account_id AND projects.deleted_at IS NULL
GROUP BY projects.id;

-- name: TasksOf :many
SELECT id, title, rank FROM tasks WHERE account_id = @account_id AND id IN (sqlc.slice('ids')) AND gone_at IS NULL ORDER BY id;

-- name: RaiseRank :execrows
UPDATE tasks SET rank = coalesce(rank, 0) + @by, changed_at = unixepoch(), version = version + 1
WHERE account_id = @account_id AND gone_at IS NULL;

-- name: PutMemo :one
INSERT INTO memos (owner, "key", body) VALUES (@owner, @key, @body)
ON CONFLICT (owner, "key") DO UPDATE SET body = excluded.body RETURNING *;

-- name: CountTasks :one
-- drey:allow tenant: the operator's page counts the tasks of all accounts
-- drey:allow deleted: and those that are deleted
SELECT COUNT(*) FROM tasks;
