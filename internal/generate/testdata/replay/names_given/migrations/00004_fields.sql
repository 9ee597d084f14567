-- +goose Up
CREATE TABLE files (id INTEGER PRIMARY KEY, "mime type" TEXT, mime_type TEXT);
