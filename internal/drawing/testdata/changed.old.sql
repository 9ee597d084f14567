CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, first TEXT, last TEXT, age INTEGER);
CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id), team INTEGER REFERENCES teams (id), body TEXT);
CREATE TABLE kept (id INTEGER PRIMARY KEY, x TEXT REFERENCES posts (id));
CREATE INDEX posts_author ON posts (author);
CREATE VIEW people AS SELECT id, first, last FROM users;
CREATE VIEW gone AS SELECT 1 AS one;
