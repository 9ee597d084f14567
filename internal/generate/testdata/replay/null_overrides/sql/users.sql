-- name: SetBoss :exec
UPDATE users SET boss_id = sqlc.narg(boss_id) WHERE id = @id;

-- name: Bosses :many
SELECT sqlc.embed(users), boss.nick AS boss
FROM users LEFT JOIN users AS boss ON boss.id = users.boss_id
WHERE users.rank IS NOT NULL;
