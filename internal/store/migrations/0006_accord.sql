-- +goose Up
-- Accords between two nodes. In force is not a column: it follows from the
-- signatures and from the end, whatever the order they arrived in.
CREATE TABLE accord (
    id       TEXT   PRIMARY KEY,
    proposed BIGINT NOT NULL,
    ended    BIGINT NOT NULL DEFAULT 0,   -- 0: not ended
    doc      TEXT   NOT NULL
);
CREATE TABLE accord_signature (
    accord  TEXT   NOT NULL,
    node    TEXT   NOT NULL,
    account TEXT   NOT NULL,
    at      BIGINT NOT NULL,              -- asserted by the signer's node
    doc     TEXT   NOT NULL,
    PRIMARY KEY (accord, node, account)
);
