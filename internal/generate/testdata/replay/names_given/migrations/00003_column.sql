-- +goose Up
CREATE TABLE logins (id INTEGER PRIMARY KEY, "2fa" TEXT);
