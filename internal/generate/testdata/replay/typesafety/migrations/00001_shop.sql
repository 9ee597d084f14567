-- +goose Up
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT,
  score REAL NOT NULL,
  avatar BLOB,
  active BOOLEAN NOT NULL,
  initial TEXT GENERATED ALWAYS AS (substr(name, 1, 1))
);
CREATE VIEW active_users AS SELECT id, name FROM users WHERE active;
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  total INTEGER NOT NULL
);
