-- +goose Up
-- No address is stored. A visitor is a hash under a key that changes every day,
-- enough to tell two visitors of one day apart and no more.
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

-- covers the analytics of a link, which read nothing else
CREATE INDEX clicks_link ON clicks (link_id, clicked_at, country, referrer, visitor, latency_ms);

ALTER TABLE links ADD COLUMN click_count INTEGER NOT NULL DEFAULT 0;

-- +goose StatementBegin
CREATE TRIGGER clicks_counted AFTER INSERT ON clicks
BEGIN
    UPDATE links SET click_count = click_count + 1 WHERE id = NEW.link_id;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER clicks_counted;
ALTER TABLE links DROP COLUMN click_count;
DROP TABLE clicks;
