-- +goose Up
-- Frozen, numbered versions, composed here or received.
CREATE TABLE packet_version (
    packet   TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    case_id  TEXT   NOT NULL,
    referral TEXT   NOT NULL,
    message  TEXT,
    doc      TEXT   NOT NULL,
    PRIMARY KEY (packet, version)
);
CREATE UNIQUE INDEX packet_version_message ON packet_version (message);
-- Content keys of versions: what each opens, and whether it has gone.
CREATE TABLE packet_key (
    id       TEXT   PRIMARY KEY,
    packet   TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    released BIGINT NOT NULL,
    doc      TEXT   NOT NULL
);
CREATE INDEX packet_key_version ON packet_key (packet, version);
