-- +goose Up
-- What kind of device a click came from, as far as its browser says so. Bots
-- have none.
ALTER TABLE clicks ADD COLUMN device TEXT CHECK (device IN ('desktop', 'mobile', 'tablet', 'other'));

-- covers the analytics of a link with those of devices
DROP INDEX clicks_link;
CREATE INDEX clicks_link ON clicks (link_id, clicked_at, country, referrer, visitor, latency_ms, device, is_bot);

-- +goose Down
DROP INDEX clicks_link;
CREATE INDEX clicks_link ON clicks (link_id, clicked_at, country, referrer, visitor, latency_ms);
ALTER TABLE clicks DROP COLUMN device;
