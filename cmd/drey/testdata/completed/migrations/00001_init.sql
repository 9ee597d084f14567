-- +goose Up
CREATE TABLE sales (
    id          INTEGER PRIMARY KEY,
    shop        TEXT NOT NULL,
    n           INTEGER,
    cents       INTEGER NOT NULL,
    price       REAL NOT NULL,
    paid        BOOLEAN NOT NULL,
    sold_at     DATETIME NOT NULL,
    returned_at DATETIME,
    day         DATE,
    meta        TEXT
);
CREATE TABLE notes (id INTEGER PRIMARY KEY, sale_id INTEGER NOT NULL REFERENCES sales (id), title TEXT NOT NULL);
CREATE VIEW shops AS SELECT shop, sum(n) AS n, max(price) * 2 AS twice, max(cents) AS top FROM sales GROUP BY shop;
CREATE VIEW recent AS SELECT shop, max(sold_at) AS last_at, max(returned_at) AS returned_at, min(day) AS first_day FROM sales GROUP BY shop;
CREATE VIEW latest AS SELECT last_at, shop FROM recent WHERE last_at > '2000-01-01';
CREATE VIEW weeks AS SELECT shop, sum(n) AS free FROM sales GROUP BY shop;
CREATE VIRTUAL TABLE notes_fts USING fts5(title, body);
