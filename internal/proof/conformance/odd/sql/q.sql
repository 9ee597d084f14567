-- name: Folded :many
SELECT what, count(*) AS n, max(id) AS "last", coalesce(max(of), 0) AS m FROM log GROUP BY what ORDER BY 1;

-- name: PutStrict :one
INSERT INTO strict_any (k1, k2, v, b, r, t, i) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (k1, k2) DO UPDATE SET v = excluded.v, t = excluded.t RETURNING *;

-- name: ListStrict :many
SELECT * FROM strict_any ORDER BY k1, k2;

-- name: TypesStrict :many
SELECT k1, typeof(v) AS tv, typeof(b) AS tb, typeof(r) AS tr, quote(v) AS qv, coalesce(hex(CAST(t AS BLOB)), '') AS ht FROM strict_any ORDER BY k1, k2;
