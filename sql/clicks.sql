-- name: FollowLink :one
-- FollowLink is the hot path: where a slug leads, if it can be followed, with a
-- click recorded, which a trigger counts. One statement, since the database may be
-- far away. The latency is the time since @began, which is in milliseconds of Unix
-- time and, like SQLite's clock, without a fraction, so that a mean is right.
INSERT INTO clicks (link_id, country, referrer, visitor, device, is_bot, latency_ms)
SELECT live_links.id, @country, @referrer, @visitor, @device, @is_bot, MAX(0, ROUND(1000 * unixepoch('subsec')) - CAST(@began AS REAL))
FROM live_links
WHERE live_links.slug = @slug
RETURNING CAST((SELECT links.url FROM links WHERE links.id = clicks.link_id) AS TEXT) AS url;

-- name: RecordClick :execrows
-- RecordClick records a click on a link that was found before. It returns 0 if the
-- link can no longer be followed: the last of its max_clicks may have gone since.
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
