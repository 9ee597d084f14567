-- +goose Up
CREATE TABLE "select" (
	"order" INTEGER PRIMARY KEY,
	"group" TEXT NOT NULL DEFAULT 'x''00''' COLLATE NOCASE,
	"a b" NUMERIC,
	"x""y" DECIMAL(10,2),
	"from" BOOLEAN NOT NULL DEFAULT TRUE,
	"when" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
	"blob" BLOB,
	"json" JSON,
	"real" REAL,
	"float" DOUBLE PRECISION DEFAULT 1e308,
	"date" DATE,
	"ä" VARCHAR(3),
	maybe BOOLEAN,
	seen_at INTEGER NOT NULL DEFAULT (unixepoch()),
	"parent" INTEGER REFERENCES "select" ("order") ON DELETE SET NULL,
	version INTEGER NOT NULL DEFAULT 1,
	deleted_at INTEGER,
	"length" INTEGER GENERATED ALWAYS AS (length("group")) VIRTUAL,
	twice REAL GENERATED ALWAYS AS ("real" * 2) STORED,
	CHECK ("a b" IS NULL OR "a b" <> 13)
);
CREATE UNIQUE INDEX "select group" ON "select" ("group") WHERE deleted_at IS NULL;

CREATE TABLE strict_any (
	k1 TEXT NOT NULL,
	k2 INTEGER NOT NULL,
	v ANY,
	b BLOB NOT NULL DEFAULT x'',
	r REAL NOT NULL DEFAULT -0.0,
	t TEXT,
	i INTEGER,
	PRIMARY KEY (k1, k2)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	what TEXT NOT NULL,
	of INTEGER REFERENCES "select" ("order") ON DELETE CASCADE
);
-- +goose StatementBegin
CREATE TRIGGER "after" AFTER INSERT ON "select" BEGIN
	INSERT INTO log (what, of) VALUES ('in "' || NEW."group" || '"', NEW."order");
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stop BEFORE UPDATE OF "group" ON "select" WHEN NEW."group" = 'stop' BEGIN
	SELECT RAISE(ABORT, 'no "stop"');
END;
-- +goose StatementEnd
CREATE VIEW "view" AS SELECT "order" AS "by", "group" || '!' AS "limit", "real" * 2 AS "offset", "when", "from", "blob", "json", "a b", "x""y", "date" FROM "select" WHERE deleted_at IS NULL;

CREATE TABLE "values" (
	id INTEGER PRIMARY KEY,
	of INTEGER NOT NULL REFERENCES "select" ("order") ON DELETE RESTRICT,
	k1 TEXT, k2 INTEGER,
	label TEXT NOT NULL DEFAULT '' CHECK (label IN ('', 'a', 'x''00''')),
	n INTEGER NOT NULL DEFAULT 0,
	FOREIGN KEY (k1, k2) REFERENCES strict_any (k1, k2) ON UPDATE CASCADE
);
-- +goose Down
DROP TABLE "values";
DROP VIEW "view";
DROP TABLE log;
DROP TABLE strict_any;
DROP TABLE "select";
