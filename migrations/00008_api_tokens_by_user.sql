-- +goose Up
-- a user's tokens, with those that are revoked: api_tokens_label has the others
CREATE INDEX api_tokens_user ON api_tokens (user_id);

-- +goose Down
DROP INDEX api_tokens_user;
