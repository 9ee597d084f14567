-- +goose Up
CREATE TABLE users (
    id         INTEGER PRIMARY KEY,
    email      TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (email LIKE '_%@_%'),
    name       TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;

CREATE TABLE links (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    slug       TEXT NOT NULL UNIQUE,
    url        TEXT NOT NULL,
    title      TEXT,
    created_at INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;

-- the dashboard: the links of a user, newest first
CREATE INDEX links_user ON links (user_id, created_at);

-- +goose Down
DROP TABLE links;
DROP TABLE users;
