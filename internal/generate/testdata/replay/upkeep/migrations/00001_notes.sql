-- +goose Up
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL DEFAULT 'nobody',
  updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  version INTEGER NOT NULL DEFAULT 1,
  removed_at DATETIME
);
CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  slug TEXT NOT NULL,
  body TEXT,
  created_at INTEGER NOT NULL DEFAULT (unixepoch()),
  updated_at INTEGER,
  version INTEGER NOT NULL DEFAULT 0,
  deleted_at INTEGER
);
CREATE UNIQUE INDEX notes_live ON notes (slug) WHERE deleted_at IS NULL;
CREATE TABLE tags (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  deleted_at INTEGER -- UnixMilli, by an override
);
CREATE TABLE note_tags (
  note_id INTEGER NOT NULL REFERENCES notes (id),
  tag_id INTEGER NOT NULL REFERENCES tags (id),
  deleted_at TEXT,
  PRIMARY KEY (note_id, tag_id)
) WITHOUT ROWID;
CREATE TABLE plain (id INTEGER PRIMARY KEY, updated_at TEXT NOT NULL DEFAULT (strftime('%Y', 'now')), n INTEGER NOT NULL DEFAULT 0);

-- +goose Down
DROP TABLE plain;
DROP TABLE note_tags;
DROP TABLE tags;
DROP TABLE notes;
DROP TABLE users;
