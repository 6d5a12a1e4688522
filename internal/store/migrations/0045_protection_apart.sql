-- +goose Up
-- What a person took away in writing, to take a consent back with.
ALTER TABLE consent ADD COLUMN reference TEXT NOT NULL DEFAULT '';
CREATE INDEX consent_reference ON consent (reference);
-- Screenings whose answers came faster than they can be read.
CREATE TABLE screening_anomaly (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    doc     TEXT   NOT NULL
);
-- Notes of the protection desk; what they say is a sealed part of the fact.
CREATE TABLE protection_note (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL,
    doc     TEXT   NOT NULL
);
CREATE INDEX protection_note_case ON protection_note (case_id);
-- Violence that a person told of: apart from the case, sealed in the fact.
CREATE TABLE protection_violence (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL,
    doc     TEXT   NOT NULL
);
-- +goose Down
DROP TABLE protection_violence;
DROP TABLE protection_note;
DROP TABLE screening_anomaly;
DROP INDEX consent_reference;
ALTER TABLE consent DROP COLUMN reference;
