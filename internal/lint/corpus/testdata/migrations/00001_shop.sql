-- +goose Up
CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  tenant_id INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  deleted_at DATETIME,
  tags TEXT NOT NULL DEFAULT '[]',
  name_length INTEGER GENERATED ALWAYS AS (length(name)) STORED
);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  total INTEGER NOT NULL,
  status TEXT NOT NULL,
  "group" TEXT,
  "Ship To" TEXT,
  placed_at DATETIME NOT NULL
);
CREATE TABLE order_lines (
  order_id INTEGER NOT NULL REFERENCES orders (id),
  product TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  PRIMARY KEY (order_id, product)
) WITHOUT ROWID;
CREATE TABLE categories (
  id INTEGER PRIMARY KEY,
  parent_id INTEGER REFERENCES categories (id),
  title TEXT NOT NULL
);
CREATE VIRTUAL TABLE notes USING fts5 (title, body);
CREATE VIEW big_orders AS SELECT id, customer_id, total AS amount FROM orders WHERE total > 1000;

-- +goose Down
DROP VIEW big_orders;
DROP TABLE notes;
DROP TABLE categories;
DROP TABLE order_lines;
DROP TABLE orders;
DROP TABLE customers;
