-- +goose Up
-- Keys that nodes have had, this one too: what they signed stays evidence.
CREATE TABLE former_key (
    node       TEXT   NOT NULL,
    sign       TEXT   NOT NULL,         -- id of the signing key
    descriptor TEXT   NOT NULL,         -- that held it, as signed
    until      BIGINT NOT NULL,         -- end of its validity
    revoked    BIGINT NOT NULL,         -- 1: it is not to be believed any more
    PRIMARY KEY (node, sign)
);
-- How this node's own keys followed each other, as its peers are told.
CREATE TABLE succession (
    n      BIGINT PRIMARY KEY,
    sign   TEXT   NOT NULL,             -- id of the signing key that came
    signed TEXT   NOT NULL
);
-- A change of this node's keys that two people ordered and that is not done yet.
CREATE TABLE rotation (
    id      TEXT   PRIMARY KEY,
    at      BIGINT NOT NULL,
    revoked BIGINT NOT NULL             -- 1: the present keys are not to be believed any more
);
-- Which of this node's signing keys a peer has confirmed last.
CREATE TABLE confirmed (
    peer TEXT PRIMARY KEY,
    sign TEXT NOT NULL
);
