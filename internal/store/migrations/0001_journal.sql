-- +goose Up
-- Every fact, in the order this node recorded it. Bodies stand apart so that
-- forgetting one leaves the order and the tree untouched.
CREATE TABLE fact (
    seq         BIGINT PRIMARY KEY,
    id          TEXT   NOT NULL UNIQUE,
    kind        TEXT   NOT NULL,
    node        TEXT   NOT NULL,            -- where it was made
    case_id     TEXT,
    referral_id TEXT,
    actor       TEXT,
    at          BIGINT NOT NULL             -- recorded here, microseconds
);
CREATE INDEX fact_case     ON fact (case_id)     WHERE case_id IS NOT NULL;
CREATE INDEX fact_referral ON fact (referral_id) WHERE referral_id IS NOT NULL;
CREATE TABLE body (
    seq   BIGINT PRIMARY KEY,
    bytes BYTEA   NOT NULL
);
-- The transparency log: leaf n is the digest of the body of fact n+1.
CREATE TABLE leaf (
    n      BIGINT PRIMARY KEY,
    digest BYTEA   NOT NULL
);
-- Full tiles, written after the commit; derived, can be rebuilt from leaf.
CREATE TABLE tile (
    level BIGINT NOT NULL,
    n     BIGINT NOT NULL,
    data  BYTEA   NOT NULL,
    PRIMARY KEY (level, n)
);
-- This node's signed checkpoints and what others added to them.
CREATE TABLE checkpoint (
    size BIGINT PRIMARY KEY,
    note BYTEA   NOT NULL,
    at   BIGINT NOT NULL
);
CREATE TABLE cosignature (
    size BIGINT NOT NULL,
    peer TEXT   NOT NULL,
    line BYTEA   NOT NULL,
    at   BIGINT NOT NULL,
    PRIMARY KEY (size, peer)
);
-- The newest checkpoint of each peer that this node has cosigned: stored
-- before the cosignature leaves, never replaced by a smaller one.
CREATE TABLE witnessed (
    peer TEXT   PRIMARY KEY,
    size BIGINT NOT NULL,
    root BYTEA   NOT NULL,
    note BYTEA   NOT NULL,
    at   BIGINT NOT NULL
);
