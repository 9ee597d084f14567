-- +goose Up
CREATE TABLE owners (name TEXT NOT NULL COLLATE NOCASE PRIMARY KEY);
CREATE TABLE pets (
    id INTEGER PRIMARY KEY,
    owner_name TEXT REFERENCES owners,
    walked_by TEXT REFERENCES owners (name),
    parent_id INTEGER REFERENCES pets (id)
);
CREATE TABLE lines (tenant INTEGER NOT NULL, no TEXT NOT NULL, PRIMARY KEY (tenant, no)) WITHOUT ROWID;
CREATE TABLE marks (
    id INTEGER PRIMARY KEY, line_no TEXT, line_tenant INTEGER,
    FOREIGN KEY (line_tenant, line_no) REFERENCES lines (tenant, no)
) STRICT;
CREATE TABLE friends (
    a_id INTEGER NOT NULL REFERENCES pets (id),
    b_id INTEGER NOT NULL REFERENCES pets (id),
    since INTEGER,
    PRIMARY KEY (a_id, b_id)
);
CREATE TABLE loose (id INTEGER PRIMARY KEY, pet_text TEXT REFERENCES pets (id), owner_id INTEGER REFERENCES owners (name));
CREATE TABLE words (pet_id INTEGER REFERENCES pets (id), word TEXT);
CREATE TABLE line_to_marks (id INTEGER PRIMARY KEY);
INSERT INTO owners VALUES ('Ada'), ('Bob'), ('Cleo');
INSERT INTO pets VALUES (1, 'ada', 'BOB', NULL), (2, 'ADA', NULL, 1), (3, 'Bob', 'Ada', 1), (4, NULL, 'bob', 99), (5, 'Ada', NULL, 3);
INSERT INTO lines VALUES (1, 'a'), (1, 'b'), (2, 'a');
INSERT INTO marks VALUES (1, 'a', 1), (2, 'a', 1), (3, 'b', 1), (4, NULL, 1), (5, 'a', 2), (6, 'x', 9);
INSERT INTO words VALUES (1, 'sit'), (1, 'bark'), (2, 'bark'), (NULL, 'no'), (1, 'bark');
INSERT INTO friends VALUES (1, 2, 7), (1, 3, 8), (2, 3, NULL);
