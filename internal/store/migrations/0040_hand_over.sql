-- +goose Up
-- Who signed that they return by their own will, after which screening.
CREATE TABLE return_waiver (
    case_id TEXT NOT NULL,
    person  TEXT NOT NULL,
    doc     TEXT NOT NULL,
    PRIMARY KEY (case_id, person)
);
-- The sheets of hand-overs, numbered between the office that gives (of a node)
-- and the one that receives.
CREATE TABLE hand_over_sheet (
    node     TEXT   NOT NULL,
    gives    TEXT   NOT NULL,
    peer     TEXT   NOT NULL,
    receives TEXT   NOT NULL,
    n        BIGINT NOT NULL,
    referral TEXT   NOT NULL,
    fact     TEXT   NOT NULL,
    PRIMARY KEY (node, gives, receives, n)
);
-- +goose Down
DROP TABLE hand_over_sheet;
DROP TABLE return_waiver;
