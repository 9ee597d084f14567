-- name: TaskCounts :many
SELECT projects.id, projects.code, COUNT(tasks.id) AS tasks
FROM projects
LEFT JOIN tasks ON tasks.project_id = projects.id AND tasks.account_id = projects.account_id
WHERE projects.account_id = @account_id
GROUP BY projects.id;

-- name: CountEverything :one
-- drey:allow tenant: the operator's page, which shows no row of anybody
SELECT COUNT(*) FROM tasks;

-- name: ListBusy :many
-- drey:allow tenant: this one does not need it
SELECT code FROM busy WHERE account_id = @account_id;
