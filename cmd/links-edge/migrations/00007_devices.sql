-- Exported by drey from 00007_devices.sql.
ALTER TABLE clicks ADD COLUMN device TEXT CHECK (device IN ('desktop', 'mobile', 'tablet', 'other'));
DROP INDEX clicks_link;
CREATE INDEX clicks_link ON clicks (link_id, clicked_at, country, referrer, visitor, latency_ms, device, is_bot);
