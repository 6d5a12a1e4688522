-- +goose Up
-- Which people are none: read by oversight alone, and by no rule. Made by
-- reactions, not derived from facts by replay.
CREATE TABLE decoy (
    id      TEXT PRIMARY KEY,
    person  TEXT NOT NULL,
    case_id TEXT NOT NULL,
    state   TEXT NOT NULL,
    doc     TEXT NOT NULL
);
CREATE INDEX decoy_person ON decoy (person);
CREATE INDEX decoy_case ON decoy (case_id);
-- What touched them: an access fact or a search, which the journal holds.
CREATE TABLE decoy_touch (
    fact  TEXT   NOT NULL,
    decoy TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    doc   TEXT   NOT NULL,
    PRIMARY KEY (fact, decoy)
);
CREATE INDEX decoy_touch_at ON decoy_touch (at);
-- +goose Down
DROP TABLE decoy_touch;
DROP TABLE decoy;
