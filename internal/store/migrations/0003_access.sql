-- +goose Up
-- Offices that may know of an object. Lists are narrowed by it in SQL before
-- any policy is asked.
CREATE TABLE membership (
    object_type TEXT NOT NULL,
    object_id   TEXT NOT NULL,
    office      TEXT NOT NULL,
    PRIMARY KEY (object_type, object_id, office)
);
-- Offices, accounts and roles: derived from facts.
CREATE TABLE office (
    id     TEXT   PRIMARY KEY,
    closed BIGINT,
    doc    TEXT   NOT NULL
);
CREATE TABLE app_user (
    id     TEXT PRIMARY KEY,
    login  TEXT NOT NULL UNIQUE,
    office TEXT NOT NULL,
    doc    TEXT NOT NULL
);
CREATE TABLE grants (
    user_id TEXT   NOT NULL,
    role    TEXT   NOT NULL,
    since   BIGINT NOT NULL,              -- in force from, microseconds
    doc     TEXT   NOT NULL,
    PRIMARY KEY (user_id, role)
);
-- What one person proposed and a second person of another office decides.
CREATE TABLE proposal (
    id    TEXT   PRIMARY KEY,
    state TEXT   NOT NULL,                -- open, approved, rejected
    doc   TEXT   NOT NULL
);
-- One row: whether founding is over, and the accord's delay for what two
-- people change.
CREATE TABLE founding (
    id     TEXT   PRIMARY KEY,
    closed BIGINT,
    delay  BIGINT NOT NULL                -- microseconds
);
-- Below: not derived from facts.
CREATE TABLE founding_link (
    hash BYTEA   PRIMARY KEY,
    made BIGINT NOT NULL,
    used BIGINT
);
-- Halves of one-time invitations, each held by one of the two people.
CREATE TABLE invitation (
    hash    BYTEA   PRIMARY KEY,
    user_id TEXT   NOT NULL,
    holder  TEXT   NOT NULL,
    expires BIGINT NOT NULL,
    UNIQUE (user_id, holder)
);
CREATE TABLE authenticator (
    user_id TEXT   PRIMARY KEY,
    secret  TEXT   NOT NULL,              -- argon2id, PHC string
    since   BIGINT NOT NULL
);
CREATE TABLE session (
    hash    BYTEA   PRIMARY KEY,           -- SHA-256 of the token
    id      TEXT   NOT NULL UNIQUE,
    user_id TEXT   NOT NULL,
    made    BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    doc     TEXT   NOT NULL
);
CREATE INDEX session_by_user ON session (user_id);
-- Failed and running sign-ins.
CREATE TABLE attempt (
    id      TEXT   PRIMARY KEY,
    subject TEXT   NOT NULL,
    addr    TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX attempt_subject ON attempt (subject, at);
CREATE INDEX attempt_addr    ON attempt (addr, at);

-- +goose Down
