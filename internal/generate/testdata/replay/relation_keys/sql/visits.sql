-- name: AllVisits :many
SELECT * FROM visits;
