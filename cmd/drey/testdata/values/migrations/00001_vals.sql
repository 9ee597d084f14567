-- +goose Up
CREATE TABLE vals (
    id         INTEGER PRIMARY KEY,
    secs       INTEGER NOT NULL,
    millis     INTEGER NOT NULL,
    stamp      TEXT NOT NULL,
    moment     DATETIME NOT NULL,
    flag       BOOLEAN NOT NULL,
    doc        TEXT CHECK (json_valid(doc)),
    uid        TEXT NOT NULL,
    maybe_uid  TEXT,
    bin        BLOB NOT NULL,
    price      TEXT NOT NULL,
    cents      INTEGER NOT NULL,
    data       BLOB,
    n          INTEGER NOT NULL,
    f          REAL NOT NULL,
    s          TEXT NOT NULL,
    maybe_secs INTEGER,
    maybe_s    TEXT,
    maybe_n    INTEGER,
    maybe_f    REAL
);
