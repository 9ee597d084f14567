-- +goose Up
CREATE TABLE projects (
	id INTEGER PRIMARY KEY,
	account_id INTEGER NOT NULL,
	code TEXT NOT NULL,
	hits INTEGER NOT NULL DEFAULT 0,
	created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
	updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
	version INTEGER NOT NULL DEFAULT 1,
	deleted_at DATETIME,
	UNIQUE (account_id, id)
);
CREATE UNIQUE INDEX projects_code ON projects (account_id, code) WHERE deleted_at IS NULL;

CREATE TABLE tasks (
	id INTEGER PRIMARY KEY,
	account_id INTEGER NOT NULL,
	project_id INTEGER NOT NULL,
	title TEXT NOT NULL,
	rank REAL,
	changed_at INTEGER NOT NULL DEFAULT (unixepoch()),
	version INTEGER NOT NULL DEFAULT 1,
	gone_at INTEGER,
	FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, id)
) STRICT;

-- The tenant is a text.
CREATE TABLE memos (
	owner TEXT NOT NULL,
	"key" TEXT NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (owner, "key")
) STRICT, WITHOUT ROWID;

CREATE VIEW busy AS SELECT id, account_id, code, hits FROM projects WHERE hits > 0 AND deleted_at IS NULL;
-- +goose Down
DROP VIEW busy;
DROP TABLE memos;
DROP TABLE tasks;
DROP TABLE projects;
