-- +goose Up
CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL);
CREATE INDEX items_price ON items (price);
INSERT INTO items (name, price) VALUES ('e', 5), ('d', 4), ('c', 3), ('b', 2), ('a', 1);
CREATE VIEW samples AS SELECT id, name, price FROM items LIMIT 3;
CREATE VIEW bargains AS SELECT id, price FROM samples WHERE price > 0;
