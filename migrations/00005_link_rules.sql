-- What links may be, and for how long. A CHECK cannot be added to a table, so
-- links is made anew, see https://www.sqlite.org/lang_altertable.html#otheralter.
--
-- To drop the old table is to delete its rows, and that deletes their clicks and
-- tags where foreign keys are enforced. PRAGMA foreign_keys does nothing inside
-- a transaction, hence NO TRANSACTION and a transaction of our own; and it holds
-- for one connection, hence a single statement, as far as goose can tell.

-- drey:allow may-fail: a link that is no URL should stop the release, not be changed by it

-- +goose NO TRANSACTION

-- +goose Up
-- +goose StatementBegin
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER clicks_counted;

CREATE TABLE links_new (
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    slug        TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 3 AND 64 AND slug NOT GLOB '*[^-0-9A-Z_a-z]*'),
    url         TEXT NOT NULL CHECK (url LIKE 'http://_%' OR url LIKE 'https://_%'),
    host        TEXT NOT NULL AS (lower(substr(url, instr(url, '://') + 3, instr(substr(url, instr(url, '://') + 3) || '/', '/') - 1))) STORED,
    title       TEXT,
    metadata    TEXT CHECK (metadata IS NULL OR json_valid(metadata)),
    is_active   BOOLEAN NOT NULL DEFAULT TRUE CHECK (is_active IN (FALSE, TRUE)),
    max_clicks  INTEGER CHECK (max_clicks > 0),
    click_count INTEGER NOT NULL DEFAULT 0,
    expires_at  INTEGER,
    created_at  INTEGER NOT NULL DEFAULT (unixepoch())
);
INSERT INTO links_new (id, user_id, slug, url, title, click_count, created_at)
SELECT id, user_id, slug, url, title, click_count, created_at FROM links;
DROP TABLE links;
ALTER TABLE links_new RENAME TO links;

CREATE INDEX links_user ON links (user_id, created_at);
CREATE INDEX links_host ON links (host);
-- the few links that will expire, for the query that switches them off
CREATE INDEX links_expiring ON links (expires_at) WHERE expires_at IS NOT NULL AND is_active;

CREATE TRIGGER clicks_counted AFTER INSERT ON clicks
BEGIN
    UPDATE links SET click_count = click_count + 1 WHERE id = NEW.link_id;
END;
COMMIT;
PRAGMA foreign_keys = ON;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER clicks_counted;

CREATE TABLE links_old (
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    slug        TEXT NOT NULL UNIQUE,
    url         TEXT NOT NULL,
    title       TEXT,
    created_at  INTEGER NOT NULL DEFAULT (unixepoch()),
    click_count INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO links_old (id, user_id, slug, url, title, created_at, click_count)
SELECT id, user_id, slug, url, title, created_at, click_count FROM links;
DROP TABLE links;
ALTER TABLE links_old RENAME TO links;
CREATE INDEX links_user ON links (user_id, created_at);

CREATE TRIGGER clicks_counted AFTER INSERT ON clicks
BEGIN
    UPDATE links SET click_count = click_count + 1 WHERE id = NEW.link_id;
END;
COMMIT;
PRAGMA foreign_keys = ON;
-- +goose StatementEnd
