-- +goose Up
-- Keys of sealed parts, wrapped by a key that is kept outside this folder.
-- A destroyed key keeps its row, so that a missing key is never mistaken for
-- a key not yet received.
CREATE TABLE sealkey (
    id        TEXT   PRIMARY KEY,
    subject   TEXT   NOT NULL,
    wrapped   BYTEA,
    created   BIGINT NOT NULL,
    destroyed BIGINT
);
CREATE INDEX sealkey_subject ON sealkey (subject);
