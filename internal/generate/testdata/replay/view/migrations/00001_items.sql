-- +goose Up
CREATE TABLE items (id INTEGER PRIMARY KEY, price REAL NOT NULL);
CREATE VIEW doubled AS SELECT id, price * 2 AS twice FROM items;
