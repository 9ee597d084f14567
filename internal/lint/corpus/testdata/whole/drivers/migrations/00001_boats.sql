-- +goose Up
CREATE TABLE boats (id INTEGER PRIMARY KEY, name TEXT NOT NULL, built INTEGER NOT NULL);

-- +goose Down
DROP TABLE boats;
