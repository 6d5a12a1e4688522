-- +goose Up
-- That this store was restored from a backup, until every peer was asked for
-- what it holds beyond it. Set by the restore itself, not by a fact.
CREATE TABLE restored (
    peer TEXT   PRIMARY KEY,
    size BIGINT NOT NULL,               -- of the journal, as restored
    at   BIGINT NOT NULL
);
-- Logs as which this node's journal went on after a restore.
CREATE TABLE continued (
    n    BIGINT PRIMARY KEY,            -- from 2
    kept BIGINT NOT NULL,               -- facts that stood when it began
    lost TEXT   NOT NULL,               -- checkpoint that cannot be met again, as signed
    at   BIGINT NOT NULL
);
-- Facts that came back after a restore and do not fit what is here: kept, shown,
-- without effect.
CREATE TABLE inert (
    id   TEXT   PRIMARY KEY,            -- the fact
    peer TEXT   NOT NULL,               -- that gave it back
    kind TEXT   NOT NULL,
    at   BIGINT NOT NULL
);
