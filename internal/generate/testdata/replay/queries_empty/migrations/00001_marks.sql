-- +goose Up
CREATE TABLE marks (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL
) STRICT;

-- +goose Down
DROP TABLE marks;
