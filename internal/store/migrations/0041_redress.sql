-- +goose Up
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
