-- +goose Up
CREATE TABLE accounts (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;
CREATE TABLE projects (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    code       TEXT NOT NULL UNIQUE,
    of         TEXT,
    hits       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE tasks (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    project_id INTEGER NOT NULL REFERENCES projects (id),
    title      TEXT NOT NULL
) STRICT;
CREATE TABLE labels (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE task_labels (
    task_id  INTEGER NOT NULL REFERENCES tasks (id),
    label_id INTEGER NOT NULL REFERENCES labels (id),
    PRIMARY KEY (task_id, label_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE notes (
    account_id TEXT,
    text       TEXT NOT NULL
) STRICT;
CREATE TABLE seats (
    account_id INTEGER NOT NULL,
    email      TEXT NOT NULL UNIQUE ON CONFLICT REPLACE
);
CREATE VIEW busy AS SELECT id, account_id, code FROM projects WHERE hits > 0;
CREATE VIEW codes AS SELECT code FROM projects;

-- +goose Down
DROP VIEW codes;
DROP VIEW busy;
DROP TABLE seats;
DROP TABLE notes;
DROP TABLE task_labels;
DROP TABLE labels;
DROP TABLE tasks;
DROP TABLE projects;
DROP TABLE accounts;
