-- +goose Up
-- What an alarm about a journal can be checked with, for ever and by anyone.
CREATE TABLE link_evidence (
    peer  TEXT NOT NULL,
    code  TEXT NOT NULL,
    about TEXT NOT NULL,
    doc   TEXT NOT NULL,                -- wire.Histories
    PRIMARY KEY (peer, code, about)
);
