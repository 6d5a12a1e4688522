-- +goose Up
-- Passkeys of accounts: derived from facts.
CREATE TABLE passkey (
    id      TEXT PRIMARY KEY,             -- credential id, base64url
    user_id TEXT NOT NULL,
    doc     TEXT NOT NULL
);
CREATE INDEX passkey_by_user ON passkey (user_id);
-- Below: not derived from facts.
-- How far a passkey's own counter has come, and when it was last used.
CREATE TABLE passkey_use (
    id      TEXT   PRIMARY KEY,
    counter BIGINT NOT NULL,
    used    BIGINT NOT NULL
);
-- Challenges that were answered: none is answered twice.
CREATE TABLE challenge (
    value TEXT   PRIMARY KEY,
    at    BIGINT NOT NULL
);
CREATE TABLE totp (
    user_id TEXT   PRIMARY KEY,
    box     BYTEA  NOT NULL,              -- the seed, sealed under the node's wrapping key
    step    BIGINT NOT NULL,              -- the last step whose code was taken; 0 until the first one
    since   BIGINT NOT NULL
);
CREATE TABLE recovery_code (
    hash    BYTEA  PRIMARY KEY,
    user_id TEXT   NOT NULL,
    since   BIGINT NOT NULL
);
CREATE INDEX recovery_by_user ON recovery_code (user_id);

-- +goose Down
