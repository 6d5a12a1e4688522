-- +goose Up
-- What an office took from files of other systems, so that taking the same
-- file again changes nothing. Keys are keyed digests of what the source calls
-- a row, a case or an event; what a person's row said is a digest under that
-- person's own key, which says nothing once the person is forgotten.
CREATE TABLE intake_row (
    office TEXT NOT NULL,
    source TEXT NOT NULL,
    key    TEXT NOT NULL,
    doc    TEXT NOT NULL,
    PRIMARY KEY (office, source, key)
);
CREATE TABLE intake_case (
    office  TEXT NOT NULL,
    source  TEXT NOT NULL,
    key     TEXT NOT NULL,
    case_id TEXT NOT NULL,
    PRIMARY KEY (office, source, key)
);
CREATE TABLE intake_event (
    office TEXT NOT NULL,
    source TEXT NOT NULL,
    key    TEXT NOT NULL,            -- within its case
    item   TEXT NOT NULL,
    digest TEXT NOT NULL,            -- of what the source said of it
    PRIMARY KEY (office, source, key)
);
-- +goose Down
DROP TABLE intake_event;
DROP TABLE intake_case;
DROP TABLE intake_row;
