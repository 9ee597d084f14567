-- +goose Up
CREATE TABLE links (id INTEGER PRIMARY KEY, slug TEXT NOT NULL, clicks INTEGER NOT NULL DEFAULT 0, note TEXT);

-- +goose Down
DROP TABLE links;
