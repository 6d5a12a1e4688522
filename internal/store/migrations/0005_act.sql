-- +goose Up
-- What an act's key gave the first time, so that a repeat gives the same.
CREATE TABLE command (
    key    TEXT   PRIMARY KEY,
    actor  TEXT   NOT NULL,
    verb   TEXT   NOT NULL,
    result TEXT   NOT NULL,
    at     BIGINT NOT NULL
);
-- Acts shown to a person and not yet signed; sealed under the wrapping key.
CREATE TABLE prepared (
    id    TEXT   PRIMARY KEY,
    actor TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    box   BYTEA   NOT NULL
);
