-- +goose Up
-- the links that can be followed
CREATE VIEW live_links AS
SELECT id, user_id, slug, url
FROM links
WHERE is_active
    AND (expires_at IS NULL OR expires_at > unixepoch())
    AND (max_clicks IS NULL OR click_count < max_clicks);

-- +goose Down
DROP VIEW live_links;
