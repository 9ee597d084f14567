-- +goose Up
CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  updated_at DATETIME,
  version INTEGER NOT NULL DEFAULT 0,
  deleted_at DATETIME
);
CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE note_tags (
  id INTEGER PRIMARY KEY,
  note_id INTEGER NOT NULL REFERENCES notes (id),
  tag_id INTEGER NOT NULL REFERENCES tags (id),
  deleted_at DATETIME
);
CREATE UNIQUE INDEX note_tags_live ON note_tags (note_id, tag_id) WHERE "deleted_at" ISNULL;

-- +goose Down
DROP TABLE note_tags;
DROP TABLE tags;
DROP TABLE notes;
