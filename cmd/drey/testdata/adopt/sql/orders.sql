-- name: PlaceOrder :one
INSERT INTO orders (customer, total) VALUES (?, ?) RETURNING *;

-- name: OrdersOf :many
SELECT * FROM orders WHERE customer = ? ORDER BY created;

-- name: Turnover :one
SELECT SUM(total) AS cents FROM orders;
