-- +goose Up
-- Screening of a person in a case: open or shut only. The answers are sealed
-- parts of the fact.
CREATE TABLE screening (
    case_id TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    doc     TEXT   NOT NULL,
    PRIMARY KEY (case_id, person)
);
-- Gates carry no topic: which question stands behind one is sealed.
CREATE TABLE protection_gate (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    doc     TEXT   NOT NULL
);
CREATE INDEX protection_gate_person ON protection_gate (case_id, person);
CREATE TABLE consent (
    id        TEXT   PRIMARY KEY,
    case_id   TEXT   NOT NULL,
    person    TEXT   NOT NULL,
    withdrawn BIGINT NOT NULL,
    doc       TEXT   NOT NULL
);
CREATE INDEX consent_person ON consent (case_id, person);
-- Where something went that rests on a consent.
CREATE TABLE consent_use (
    consent  TEXT NOT NULL,
    node     TEXT NOT NULL,
    office   TEXT NOT NULL,
    referral TEXT NOT NULL,
    PRIMARY KEY (consent, node, referral)
);
-- Withdrawals, sent and received, until they are acknowledged.
CREATE TABLE withdrawal (
    consent      TEXT   NOT NULL,
    node         TEXT   NOT NULL,
    referral     TEXT   NOT NULL,
    acknowledged BIGINT NOT NULL,
    doc          TEXT   NOT NULL,
    PRIMARY KEY (consent, node, referral)
);
CREATE TABLE reveal (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    until   BIGINT NOT NULL,
    doc     TEXT   NOT NULL
);
CREATE INDEX reveal_person ON reveal (person, until);
-- The adviser's stops, and people found to be victims.
CREATE TABLE protection_stop (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    lifted  BIGINT NOT NULL,
    doc     TEXT   NOT NULL
);
CREATE INDEX protection_stop_case ON protection_stop (case_id);
CREATE TABLE reclassification (
    case_id TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (case_id, person)
);
