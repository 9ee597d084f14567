-- name: ShopSums :many
SELECT shop, SUM(n) AS n, SUM(paid) AS paid, MAX(cents) AS top, MIN(sold_at) AS first_at, MAX(returned_at) AS returned_at,
    CAST(NULLIF(COUNT(n), 0) AS INTEGER) AS counted, CAST(MAX(n) AS INTEGER) AS most
FROM sales WHERE price > @price GROUP BY shop;

-- name: Neighbours :many
SELECT id, LAG(n) OVER (ORDER BY id) AS earlier, LEAD(shop) OVER (ORDER BY id) AS next_shop, LAG(sold_at) OVER (ORDER BY id) AS before_at,
    CASE WHEN paid THEN price END AS paid_price, CAST(json_extract(meta, '$.size') AS INTEGER) AS size, n * 2 > 3 AS big
FROM sales;

-- name: WithTitles :many
SELECT sqlc.embed(sales), (SELECT title FROM notes WHERE notes.sale_id = sales.id ORDER BY notes.id LIMIT 1) AS title
FROM sales WHERE shop IN (sqlc.slice(shops));

-- name: Titles :many
SELECT n.title FROM sales s LEFT JOIN notes n ON n.sale_id = s.id JOIN sales t ON t.id = s.id;

-- name: ShopTotals :many
SELECT * FROM shops;

-- name: RecentShops :many
SELECT * FROM recent;

-- name: RecentTimes :many
SELECT last_at, returned_at AS back FROM recent WHERE returned_at IS NULL OR last_at < @before;

-- name: RecentSales :many
SELECT sqlc.embed(sales), sqlc.embed(recent), o.last_at AS other FROM sales JOIN recent ON recent.shop = sales.shop
LEFT JOIN latest o ON o.shop = sales.shop AND sales.id < 3;

-- name: LatestOfAll :one
SELECT max(last_at) FROM latest;

-- name: WeekTotals :many
SELECT * FROM weeks;

-- name: Total :one
SELECT SUM(n) FROM sales WHERE id > @id;

-- name: ZeroTotal :one
SELECT COALESCE(SUM(n), 0) FROM sales WHERE id > @id;

-- name: LastSold :one
SELECT MAX(sold_at) FROM sales WHERE id > @id;

-- name: Matching :many
SELECT title, highlight(notes_fts, 1, '[', ']') AS marked, bm25(notes_fts) AS score FROM notes_fts WHERE notes_fts MATCH CAST(@q AS TEXT);

-- name: DropNote :one
DELETE FROM notes WHERE id = @id RETURNING title AS gone, id AS key_id;
