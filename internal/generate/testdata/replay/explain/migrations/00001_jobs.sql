-- +goose Up
CREATE TABLE jobs (id INTEGER PRIMARY KEY, queue TEXT NOT NULL, state TEXT NOT NULL, due_at INTEGER NOT NULL) STRICT;

-- +goose Down
DROP TABLE jobs;
