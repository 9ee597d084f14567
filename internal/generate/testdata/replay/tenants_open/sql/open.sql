-- name: AllTasks :many
SELECT * FROM tasks;

-- name: TasksOf :many
SELECT tasks.* FROM tasks
JOIN projects ON projects.id = tasks.project_id
WHERE projects.account_id = @account_id;

-- name: Codes :many
SELECT * FROM codes;

-- name: Sweep :exec
DELETE FROM tasks WHERE title = '';

-- name: Give :exec
UPDATE projects SET account_id = @other WHERE account_id = @account_id;

-- name: Put :exec
INSERT INTO projects (account_id, code) VALUES (@account_id, @code)
ON CONFLICT (code) DO UPDATE SET hits = excluded.hits;

-- name: Forget :exec
-- drey:allow tenant
DELETE FROM notes;
