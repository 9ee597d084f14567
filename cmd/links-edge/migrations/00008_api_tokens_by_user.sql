-- Exported by drey from 00008_api_tokens_by_user.sql.
CREATE INDEX api_tokens_user ON api_tokens (user_id);
