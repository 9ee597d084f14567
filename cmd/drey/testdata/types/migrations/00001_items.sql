-- +goose Up
CREATE TABLE items (
    id          INTEGER PRIMARY KEY,
    status      TEXT NOT NULL DEFAULT 'draft',
    cents       INTEGER NOT NULL DEFAULT 100,
    maybe_cents INTEGER DEFAULT 5,
    bare_note   TEXT DEFAULT 'none',
    note        TEXT,
    tags        TEXT NOT NULL DEFAULT 'a,b',
    maybe_tags  TEXT DEFAULT 'c',
    doc         TEXT DEFAULT '{}',
    at          INTEGER NOT NULL DEFAULT 1000,
    uid         TEXT NOT NULL DEFAULT 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    maybe_uid   TEXT DEFAULT 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    took        INTEGER NOT NULL DEFAULT 7,
    raw         TEXT NOT NULL DEFAULT 'raw',
    data        BLOB NOT NULL DEFAULT x'01',
    maybe_data  BLOB DEFAULT x'02',
    moment      DATETIME NOT NULL DEFAULT '2026-01-02 03:04:05',
    flag        BOOLEAN NOT NULL DEFAULT TRUE,
    level       TEXT NOT NULL DEFAULT 'low',
    ref         INTEGER NOT NULL DEFAULT 7,
    must        TEXT NOT NULL DEFAULT '{}',
    n           INTEGER DEFAULT 3,
    f           REAL NOT NULL DEFAULT 1.5,
    whatever    ANY DEFAULT 'w',
    code        TEXT NOT NULL UNIQUE
);

-- one row for each row of items at the most
CREATE TABLE stock (
    item_id INTEGER PRIMARY KEY REFERENCES items (id),
    count   INTEGER NOT NULL DEFAULT 0
);

-- a single other column, and a type that cannot be left out
CREATE TABLE marks (
    id     INTEGER PRIMARY KEY,
    status TEXT NOT NULL DEFAULT 'draft'
);

CREATE TABLE events (
    id   INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    at   INTEGER NOT NULL DEFAULT 5,
    name TEXT NOT NULL DEFAULT 'none'
);
