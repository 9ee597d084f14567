-- name: Few :many
SELECT id, name, price FROM items LIMIT 3;

-- name: FewNamed :many
SELECT id, name, price FROM items WHERE name <> @name LIMIT CAST(@max AS INTEGER);

-- name: OfView :many
SELECT id, price FROM bargains;

-- name: Lots :many
SELECT id, CAST(random() AS INTEGER) AS lot FROM items;
