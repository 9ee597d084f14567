-- Each kind of constraint that rows may have to satisfy.
CREATE TABLE tenants (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE CHECK (code GLOB '[A-Z][A-Z][0-9]'));
CREATE TABLE accounts (
    tenant_id INTEGER NOT NULL REFERENCES tenants (id),
    id        INTEGER NOT NULL,
    email     TEXT NOT NULL COLLATE NOCASE,
    kind      TEXT NOT NULL CHECK (kind IN ('card', 'cash', 'wire')),
    card      TEXT CHECK (length(card) = 16 AND card NOT GLOB '*[^0-9]*'),
    primary_  INTEGER NOT NULL DEFAULT 0 CHECK (primary_ IN (0, 1)),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email),
    CHECK ((kind = 'card') = (card IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_primary ON accounts (tenant_id) WHERE primary_ = 1;
CREATE UNIQUE INDEX email_anywhere ON accounts (lower(email));
-- Two foreign keys share a column.
CREATE TABLE transfers (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id INTEGER NOT NULL,
    source    INTEGER NOT NULL,
    target    INTEGER,
    amount    REAL NOT NULL CHECK (amount > 0 AND amount <= 500),
    fee       INTEGER NOT NULL CHECK (fee BETWEEN -5 AND -1),
    opens     DATETIME NOT NULL,
    closes    DATETIME CHECK (closes IS NULL OR closes > opens),
    "on day"  DATE NOT NULL,
    note      VARCHAR(10),
    extra     JSON CHECK (json_valid(extra)),
    list      TEXT CHECK (json_type(list) = 'array'),
    data      BLOB NOT NULL CHECK (length(data) BETWEEN 2 AND 4),
    key       BLOB UNIQUE CHECK (length(key) = 16),
    total     REAL AS (amount + fee) STORED,
    stamp     INTEGER NOT NULL DEFAULT (unixepoch()),
    FOREIGN KEY (tenant_id, source) REFERENCES accounts (tenant_id, id),
    FOREIGN KEY (tenant_id, target) REFERENCES accounts (tenant_id, id)
);
-- One for each, by a key that can be NULL and one that cannot.
CREATE TABLE profiles (tenant INTEGER NOT NULL UNIQUE REFERENCES tenants, friend INTEGER UNIQUE REFERENCES tenants (id), mood TEXT);
CREATE TABLE days (tenant_id INTEGER NOT NULL REFERENCES tenants (id), day DATE NOT NULL, flag BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, day, flag));
CREATE TABLE flags (a BOOLEAN NOT NULL, b INTEGER NOT NULL CHECK (b BETWEEN 1 AND 5), UNIQUE (a, b));
-- Either of two, and a date that has to be one.
CREATE TABLE pins (
    id     INTEGER PRIMARY KEY CHECK (id > 0),
    tenant INTEGER REFERENCES tenants (id),
    other  INTEGER REFERENCES tenants (id),
    day    TEXT NOT NULL CHECK (day IS date(day)),
    at     TEXT NOT NULL CHECK (datetime(at) IS NOT NULL),
    even   INTEGER NOT NULL CHECK (even % 2 = 0),
    shout  TEXT NOT NULL CHECK (upper(shout) = shout AND length(shout) > 2),
    lower  INTEGER NOT NULL,
    higher INTEGER NOT NULL,
    CHECK ((tenant IS NULL) <> (other IS NULL)),
    CONSTRAINT in_order CHECK (lower < higher)
);
-- Its own tree, which cannot be NULL.
CREATE TABLE folders (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES folders (id), name TEXT NOT NULL, UNIQUE (parent, name));
CREATE TABLE names (name TEXT PRIMARY KEY, above TEXT REFERENCES names (name)) WITHOUT ROWID;
-- What triggers count, write and refuse.
CREATE TABLE counted (id INTEGER PRIMARY KEY, name TEXT NOT NULL, pins INTEGER NOT NULL DEFAULT 0);
CREATE TABLE counts (id INTEGER PRIMARY KEY, counted_id INTEGER NOT NULL REFERENCES counted (id) ON DELETE CASCADE, weight INTEGER NOT NULL);
CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT NOT NULL);
CREATE TRIGGER counting AFTER INSERT ON counts BEGIN
    UPDATE counted SET pins = pins + 1 WHERE id = new.counted_id;
    INSERT INTO log (what) VALUES ('counted ' || new.id);
END;
CREATE TRIGGER heavy BEFORE INSERT ON counts WHEN new.weight > 500 BEGIN SELECT RAISE(ABORT, 'too heavy'); END;
CREATE TRIGGER light BEFORE INSERT ON counts WHEN new.weight < 100 BEGIN SELECT RAISE(IGNORE); END;
-- What would lose rows in silence.
CREATE TABLE settings (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name IN ('a', 'b')), version INTEGER NOT NULL, UNIQUE (name, version) ON CONFLICT REPLACE);
CREATE TABLE "two words" ("a ""quoted"" name" TEXT NOT NULL, "order" INT, "né" UUID NOT NULL UNIQUE, anything, many ANY);
CREATE TABLE empty (id INTEGER PRIMARY KEY);
CREATE TABLE tiny (a TEXT PRIMARY KEY NOT NULL CHECK (length(a) = 2));
CREATE VIRTUAL TABLE search USING fts5 (text);
CREATE VIEW seen AS SELECT id FROM pins;
