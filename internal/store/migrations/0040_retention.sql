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
-- +goose Down
DROP TABLE erase_order;
DROP TABLE expunge_request;
DROP TABLE kept;
