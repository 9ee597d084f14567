-- +goose Up
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    total INTEGER NOT NULL,
    state TEXT NOT NULL
);
CREATE VIEW open_orders AS SELECT id, customer_id, total FROM orders WHERE state = 'open';
CREATE VIRTUAL TABLE notes USING fts5 (body);

-- +goose Down
DROP TABLE notes;
DROP VIEW open_orders;
DROP TABLE orders;
DROP TABLE customers;
