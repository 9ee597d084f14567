-- name: RecordClick :execrows
-- RecordClick is the other half of the hot path. A trigger counts the click. It
-- returns 0 if the link can no longer be followed: the last of its max_clicks may
-- have gone since it was resolved.
INSERT INTO clicks (link_id, country, referrer, visitor, device, is_bot, latency_ms)
SELECT live_links.id, @country, @referrer, @visitor, @device, @is_bot, @latency_ms
FROM live_links
WHERE live_links.id = @link_id;
