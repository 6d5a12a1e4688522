-- +goose Up
-- Consular notices, the same on both nodes. Their withdrawal goes in the alert
-- lane and may come first: sent is 0 until the notice is here.
CREATE TABLE consular_notice (
    id   TEXT   PRIMARY KEY,
    sent BIGINT NOT NULL,
    doc  TEXT   NOT NULL
);
-- Where a person of this node stands with the consulate; notice is the last one
-- sent, empty before.
CREATE TABLE consular_ask (
    case_id TEXT NOT NULL,
    person  TEXT NOT NULL,
    notice  TEXT NOT NULL,
    doc     TEXT NOT NULL,
    PRIMARY KEY (case_id, person)
);
CREATE INDEX consular_ask_notice ON consular_ask (notice);
-- What a consulate keeps of a notice for itself.
CREATE TABLE consular_file (
    notice TEXT PRIMARY KEY,
    doc    TEXT NOT NULL
);
-- +goose Down
DROP TABLE consular_file;
DROP TABLE consular_ask;
DROP TABLE consular_notice;
