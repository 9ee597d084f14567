-- name: ByStatus :many
SELECT status, COUNT(*) AS invoices FROM invoices GROUP BY status;
