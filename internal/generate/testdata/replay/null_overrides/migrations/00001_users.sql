-- +goose Up
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    nick TEXT,
    boss_id INTEGER REFERENCES users (id),
    rank TEXT,
    seen DATETIME
);

-- +goose Down
DROP TABLE users;
