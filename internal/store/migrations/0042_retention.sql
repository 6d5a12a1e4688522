-- +goose Up
-- Decisions to keep something longer: the last of each.
CREATE TABLE kept (
    object  TEXT   PRIMARY KEY,
    what    TEXT   NOT NULL,              -- case, person, referral, alert
    until   BIGINT NOT NULL,
    doc     TEXT   NOT NULL
);
-- Requests of one node to another to expunge what crossed, sent and received.
CREATE TABLE expunge_request (
    id       TEXT   PRIMARY KEY,
    referral TEXT   NOT NULL,
    node     TEXT   NOT NULL,             -- that is asked
    answered BIGINT NOT NULL DEFAULT 0,   -- 0 while it waits
    doc      TEXT   NOT NULL
);
CREATE INDEX expunge_request_referral ON expunge_request (referral);
-- Orders to erase what was received, or what was written of an alert: proposed
-- by one, decided by another.
CREATE TABLE erase_order (
    id      TEXT   PRIMARY KEY,
    object  TEXT   NOT NULL,              -- the referral with its subject, or the alert
    decided BIGINT NOT NULL DEFAULT 0,    -- 0 while it waits
    doc     TEXT   NOT NULL
);
CREATE INDEX erase_order_object ON erase_order (object);
-- Requests by the person a record is about.
CREATE TABLE person_request (
    id       TEXT   PRIMARY KEY,
    case_id  TEXT   NOT NULL,
    person   TEXT   NOT NULL,
    answered BIGINT NOT NULL DEFAULT 0,   -- 0 while it waits
    doc      TEXT   NOT NULL
);
CREATE INDEX person_request_case ON person_request (case_id);
-- Corrections that travel to whoever received what is corrected, sent and received.
CREATE TABLE correction (
    id       TEXT   PRIMARY KEY,          -- the fact that tells it
    referral TEXT   NOT NULL,
    node     TEXT   NOT NULL,             -- that is told
    read     BIGINT NOT NULL DEFAULT 0,   -- 0 while nobody there has acknowledged it
    doc      TEXT   NOT NULL
);
CREATE INDEX correction_referral ON correction (referral);
-- +goose Down
DROP TABLE correction;
DROP TABLE person_request;
DROP TABLE erase_order;
DROP TABLE expunge_request;
DROP TABLE kept;
