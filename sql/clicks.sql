-- name: RecordClick :exec
-- RecordClick is the other half of the hot path. A trigger counts the click.
INSERT INTO clicks (link_id, country, referrer, visitor, device, is_bot, latency_ms)
VALUES (@link_id, @country, @referrer, @visitor, @device, @is_bot, @latency_ms);
