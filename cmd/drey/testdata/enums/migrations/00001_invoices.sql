-- +goose Up
CREATE TABLE customers (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    tier TEXT CHECK (tier IN ('gold', 'iron'))
);
CREATE TABLE invoices (
    id          INTEGER PRIMARY KEY,
    customer_id INTEGER REFERENCES customers (id),
    status      TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'sent')),
    reason      TEXT CHECK (reason IS NULL OR reason IN ('late', 'in-progress', 'in_progress', '', 'ä', '2fa', 'it''s', '!')),
    paid_by     TEXT CHECK (paid_by IN ('cash', 'card')),
    "Kind"      TEXT NOT NULL DEFAULT 'a' CONSTRAINT kind CHECK ("Kind" = 'a' OR 'b' = "Kind"),
    priority    INTEGER NOT NULL DEFAULT 1 CHECK (priority IN (1, 2, 3)),
    folded      TEXT COLLATE NOCASE CHECK (folded IN ('x', 'y')),
    anything    TEXT CHECK (anything IN ('x', NULL))
);
CREATE TABLE orders (
    id     INTEGER PRIMARY KEY,
    status VARCHAR(10) NOT NULL,
    CHECK (length(status) > 2 AND status IN ('new', 'done'))
);
-- a table with the name that an enum would have
CREATE TABLE order_statuses (id INTEGER PRIMARY KEY, label TEXT NOT NULL);
CREATE VIEW open_invoices AS SELECT id, status FROM invoices WHERE status <> 'sent';

-- +goose Down
DROP VIEW open_invoices;
DROP TABLE order_statuses;
DROP TABLE orders;
DROP TABLE invoices;
DROP TABLE customers;
