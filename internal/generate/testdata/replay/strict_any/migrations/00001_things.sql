-- +goose Up
-- ANY keeps what it is given, in a STRICT table alone.
CREATE TABLE things (id INTEGER PRIMARY KEY, v ANY) STRICT;
CREATE TABLE others (id INTEGER PRIMARY KEY, v ANY);
CREATE VIEW seen AS SELECT id, v FROM things;
-- +goose Down
DROP VIEW seen;
DROP TABLE others;
DROP TABLE things;
