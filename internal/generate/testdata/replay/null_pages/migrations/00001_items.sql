-- +goose Up
CREATE TABLE items (id INTEGER PRIMARY KEY, note TEXT);
INSERT INTO items (note) VALUES ('a'), (NULL), ('b'), (NULL), ('c'), (NULL);
