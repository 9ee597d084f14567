-- name: Spending :many
SELECT u.id, u.name, COUNT(*) AS orders
FROM users u JOIN orders o ON o.user_id = u.id
WHERE o.total > ?
GROUP BY u.id;

-- name: Names :many
SELECT name FROM users;
