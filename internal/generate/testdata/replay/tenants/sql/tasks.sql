-- name: TaskCounts :many
SELECT projects.id, projects.code, COUNT(tasks.id) AS tasks
FROM projects
LEFT JOIN tasks ON tasks.project_id = projects.id AND tasks.account_id = projects.account_id
WHERE projects.account_id = @account_id
GROUP BY projects.id;
