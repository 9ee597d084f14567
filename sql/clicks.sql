-- name: RecordClick :execrows
-- RecordClick is the other half of the hot path. A trigger counts the click. It
-- returns 0 if the link can no longer be followed: the last of its max_clicks may
-- have gone since it was resolved.
INSERT INTO clicks (link_id, country, referrer, visitor, device, is_bot, latency_ms)
SELECT live_links.id, @country, @referrer, @visitor, @device, @is_bot, @latency_ms
FROM live_links
WHERE live_links.id = @link_id;

-- name: ForgetClicks :execrows
-- ForgetClicks deletes those of the first clicks that are from before a time, and
-- returns how many that were. Ids grow with time, so the first clicks are the
-- oldest, and no index on the time is needed: every click would have to pay for it.
DELETE FROM clicks
WHERE clicks.clicked_at < @before AND clicks.id IN (
    SELECT first.id FROM clicks AS first ORDER BY first.id LIMIT @most
);
