CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    boss INTEGER REFERENCES person (id) ON DELETE SET NULL,
    name VARCHAR(40) NOT NULL COLLATE NOCASE UNIQUE DEFAULT 'no | name',
    price DECIMAL(10, 2) NOT NULL CHECK (price >= 0),
    shown TEXT AS (upper(name) || '!') STORED
);
CREATE TABLE passport (person INTEGER NOT NULL UNIQUE REFERENCES person ON DELETE CASCADE ON UPDATE CASCADE, untyped, "two words" TEXT);
CREATE TABLE room (house TEXT NOT NULL, "no" INTEGER NOT NULL, PRIMARY KEY (house, "no")) STRICT, WITHOUT ROWID;
CREATE TABLE stay (house TEXT, room INTEGER, person INTEGER NOT NULL REFERENCES person, lost INTEGER REFERENCES nowhere (id), since INTEGER NOT NULL,
    FOREIGN KEY (house, room) REFERENCES room (house, "no"),
    CONSTRAINT sane CHECK (since > 0));
CREATE UNIQUE INDEX stay_once ON stay (house, room) WHERE person > 0;
CREATE INDEX stay_lower ON stay (lower(house) DESC, since DESC);
CREATE VIEW guests AS WITH p AS (SELECT * FROM person) SELECT p.name, s.house FROM stay AS s JOIN p ON p.id = s.person;
CREATE VIRTUAL TABLE found USING fts5 (body, tokenize = 'porter');
CREATE TRIGGER stay_touched AFTER UPDATE OF since ON stay BEGIN SELECT 1; END;
