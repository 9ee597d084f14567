-- name: ValsWithUID :many
SELECT * FROM vals WHERE uid = ? ORDER BY id;

-- name: ValsBetween :many
SELECT * FROM vals WHERE stamp >= @first AND stamp <= @last ORDER BY id;

-- name: ValsOf :many
SELECT * FROM vals WHERE bin IN (sqlc.slice(bins)) ORDER BY id;
