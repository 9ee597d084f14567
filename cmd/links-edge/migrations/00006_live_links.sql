-- Exported by drey: the schema that the migrations up to 00006_live_links.sql lead to.
CREATE TABLE users (
    id         INTEGER PRIMARY KEY,
    email      TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (email LIKE '_%@_%'),
    name       TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;
CREATE TABLE tags (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 40),
    created_by INTEGER REFERENCES users (id) ON DELETE SET NULL
) STRICT;
CREATE TABLE link_tags (
    link_id INTEGER NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    tag_id  INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (link_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE clicks (
    id         INTEGER PRIMARY KEY,
    link_id    INTEGER NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    clicked_at INTEGER NOT NULL DEFAULT (unixepoch()),
    country    TEXT CHECK (country GLOB '[A-Z][A-Z]'),
    referrer   TEXT,
    visitor    BLOB CHECK (length(visitor) = 16),
    is_bot     BOOLEAN CHECK (is_bot IN (FALSE, TRUE)),
    latency_ms REAL CHECK (latency_ms >= 0)
);
CREATE TABLE api_tokens (
    id           INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    label        TEXT NOT NULL,
    hash         BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    scope        TEXT NOT NULL DEFAULT 'read' CHECK (scope IN ('read', 'write')),
    created_at   INTEGER NOT NULL DEFAULT (unixepoch()),
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE TABLE "links" (
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
CREATE INDEX tags_created_by ON tags (created_by) WHERE created_by IS NOT NULL;
CREATE INDEX link_tags_tag ON link_tags (tag_id);
CREATE INDEX clicks_link ON clicks (link_id, clicked_at, country, referrer, visitor, latency_ms);
CREATE UNIQUE INDEX api_tokens_label ON api_tokens (user_id, label) WHERE revoked_at IS NULL;
CREATE INDEX links_user ON links (user_id, created_at);
CREATE INDEX links_host ON links (host);
CREATE INDEX links_expiring ON links (expires_at) WHERE expires_at IS NOT NULL AND is_active;
CREATE VIEW live_links AS
SELECT id, user_id, slug, url
FROM links
WHERE is_active
    AND (expires_at IS NULL OR expires_at > unixepoch())
    AND (max_clicks IS NULL OR click_count < max_clicks);
CREATE TRIGGER clicks_counted AFTER INSERT ON clicks
BEGIN
    UPDATE links SET click_count = click_count + 1 WHERE id = NEW.link_id;
END;
