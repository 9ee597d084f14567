-- name: LinkStats :many
-- LinkStats is what happened to each link since a time: a link that nobody
-- followed is there, too.
SELECT
    links.id,
    links.user_id,
    links.slug,
    links.title,
    COUNT(clicks.id) AS clicks,
    COUNT(DISTINCT clicks.visitor) AS visitors,
    CAST(COALESCE(AVG(clicks.latency_ms), 0) AS REAL) AS mean_latency_ms
FROM links
LEFT JOIN clicks ON clicks.link_id = links.id AND clicks.clicked_at >= @since
GROUP BY links.id;

-- name: Trending :many
-- Trending compares the clicks on each link in two spans of time: from since to
-- middle, and after that. A caller may narrow the clicks that are compared.
WITH counted AS (
    SELECT
        link_id,
        CAST(SUM(clicked_at < @middle) AS INTEGER) AS before_middle,
        CAST(SUM(clicked_at >= @middle) AS INTEGER) AS after_middle
    FROM clicks
    WHERE clicked_at >= @since AND /* drey:where clicks */ TRUE
    GROUP BY link_id
)
SELECT
    links.id,
    links.slug,
    links.user_id,
    counted.before_middle,
    counted.after_middle,
    CAST(counted.after_middle - counted.before_middle AS INTEGER) AS gain
FROM counted
JOIN links ON links.id = counted.link_id;

-- name: RankedLinks :many
-- RankedLinks gives each link its place among those of its user, the most
-- clicked first. A caller may narrow the links among which it is.
SELECT
    id,
    user_id,
    slug,
    click_count,
    CAST(RANK() OVER (PARTITION BY user_id ORDER BY click_count DESC) AS INTEGER) AS place
FROM links
WHERE /* drey:where links */ TRUE;
