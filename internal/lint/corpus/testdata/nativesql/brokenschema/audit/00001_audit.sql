-- +goose Up
CREATE TABEL events (id INTEGER PRIMARY KEY);
