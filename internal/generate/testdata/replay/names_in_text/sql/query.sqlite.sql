-- The names of packages stand before a dot in comments and in SQL: sqlite. rqlite. sql. driver.
-- name: Pairs :many
SELECT d1.id, rqlite.email FROM users AS d1 JOIN users AS rqlite ON rqlite.id = d1.id JOIN users AS sqlite ON sqlite.id = d1.id WHERE sqlite.email <> @email;
