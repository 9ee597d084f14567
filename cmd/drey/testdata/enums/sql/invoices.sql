-- name: CustomersWithInvoices :many
SELECT customers.id, customers.tier, invoices.status
FROM customers LEFT JOIN invoices ON invoices.customer_id = customers.id
ORDER BY customers.id;

-- name: InvoicesOf :many
SELECT * FROM invoices WHERE status = @status AND (sqlc.narg('reason') IS NULL OR reason = sqlc.narg('reason'));

-- name: InvoicesIn :many
SELECT id FROM invoices WHERE status IN (sqlc.slice('statuses')) ORDER BY id;

-- name: ByStatus :many
SELECT status, COUNT(*) AS invoices FROM invoices GROUP BY status;
