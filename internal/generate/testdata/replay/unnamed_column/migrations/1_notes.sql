-- +goose Up
CREATE TABLE notes (id INTEGER PRIMARY KEY, "" TEXT);
CREATE VIEW titles AS
SELECT id, 'x' AS "" FROM notes;
