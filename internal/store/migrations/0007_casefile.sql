-- +goose Up
CREATE TABLE casefile (
    id      TEXT   PRIMARY KEY,
    prefix  TEXT   NOT NULL,              -- number is prefix-year-n: RGV-26-0412
    year    BIGINT NOT NULL,
    n       BIGINT NOT NULL,
    number  TEXT   NOT NULL UNIQUE,
    opened  BIGINT NOT NULL,
    doc     TEXT   NOT NULL
);
CREATE INDEX casefile_series ON casefile (prefix, year, n);
-- People of a case. Everything that identifies them is a sealed part in doc;
-- the plant's name stands for them.
CREATE TABLE case_person (
    id      TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    plant   TEXT NOT NULL,
    class   TEXT NOT NULL,                -- protected, suspect, official
    merged  TEXT,                         -- the record that this one became part of
    doc     TEXT NOT NULL,
    UNIQUE (case_id, plant)
);
-- Everything else a case holds: events, roles, statements, things, charges…
CREATE TABLE case_item (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL,
    noun    TEXT   NOT NULL,
    person  TEXT   NOT NULL,              -- whom it is about or who holds it; empty for none
    at      BIGINT NOT NULL,
    doc     TEXT   NOT NULL
);
CREATE INDEX case_item_case ON case_item (case_id, noun);
CREATE INDEX case_item_person ON case_item (person) WHERE person <> '';
-- Which facts made and changed an object: its history, readable for ever.
CREATE TABLE case_history (
    object TEXT   NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (object, seq)
);
-- Not derived from facts (as all tables named search_): rebuilt on demand.
-- What the text index holds, with the text sealed by the node so that it can
-- be taken out of the index again, word by word.
CREATE TABLE search_row (
    id      BIGINT PRIMARY KEY,
    noun    TEXT   NOT NULL,
    object  TEXT   NOT NULL UNIQUE,
    case_id TEXT   NOT NULL,
    box     BYTEA   NOT NULL
);
CREATE INDEX search_row_case ON search_row (case_id);
-- Keyed digests of identifiers and names, by which people are found without
-- any of them standing in an index.
CREATE TABLE search_token (
    token  TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (token, person)
);
CREATE INDEX search_token_person ON search_token (person);
