-- +goose Up
CREATE TABLE events (id INTEGER PRIMARY KEY, actor TEXT NOT NULL, happened_at DATETIME NOT NULL);
CREATE TABLE customers (id INTEGER PRIMARY KEY, seen_at DATETIME, visits INTEGER NOT NULL, name TEXT NOT NULL, last_page TEXT);

-- +goose Down
DROP TABLE customers;
DROP TABLE events;
