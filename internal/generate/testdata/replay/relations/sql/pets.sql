-- name: AllPets :many
SELECT * FROM pets;
