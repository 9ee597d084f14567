-- name: Ranked :many
-- Ranked gives each order its place among those of its customer.
SELECT orders.id, orders.customer_id, orders.total,
    CAST(RANK() OVER (PARTITION BY orders.customer_id ORDER BY orders.total DESC) AS INTEGER) AS place
FROM orders
WHERE /* drey:where orders */ TRUE;

-- name: Spending :many
SELECT c.id, c.name, COUNT(o.id) AS orders, CAST(TOTAL(o.total) AS INTEGER) AS spent,
    COUNT(o.id) FILTER (WHERE /* drey:where big */ TRUE) AS big
FROM customers AS c
LEFT JOIN orders AS o ON o.customer_id = c.id AND o.total >= @least AND /* drey:where o */ TRUE AND o.total <= @most
LEFT JOIN orders AS big ON big.id = o.id
WHERE /* drey:where c */ TRUE AND c.id IN (sqlc.slice(ids))
GROUP BY c.id;

-- name: Both :many
-- Both has the same condition in several places, in a common table expression and in
-- the parts of a UNION.
WITH counted AS (
    SELECT orders.customer_id, COUNT(*) AS n FROM orders
    WHERE /* drey:where orders */ TRUE
    GROUP BY orders.customer_id
)
SELECT 'customer' AS kind, counted.customer_id AS id, counted.n FROM counted
WHERE EXISTS (
    SELECT 1 FROM customers WHERE customers.id = counted.customer_id AND
    -- drey:where customers
    TRUE
)
UNION ALL
SELECT 'order', Orders.id, 1 FROM Orders WHERE Orders.total > @total AND /* drey:where Orders */ TRUE
UNION ALL
SELECT 'open', open_orders.id, open_orders.total FROM open_orders WHERE /* drey:where open_orders */ TRUE;

-- name: Large :many
-- Large has names that are not ASCII, and a star.
SELECT *, CAST('größer' AS TEXT) AS how FROM orders AS "große Äpfel" WHERE "große Äpfel".total > @größe AND /* drey:where "große Äpfel" */ TRUE;

-- name: Notes :many
SELECT COUNT(*) AS n FROM notes WHERE /* drey:where notes */ TRUE;

-- name: WhereC :many
-- WhereC has a column with the name of a method.
SELECT COUNT(*) AS where_c, 1 AS below FROM customers AS c WHERE /* drey:where c */ TRUE;
