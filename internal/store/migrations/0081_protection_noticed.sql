-- +goose Up
-- What whoever met a person saw of what makes them vulnerable: which fact holds
-- it, sealed for the protection desk.
CREATE TABLE protection_noticed (
    person  TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    doc     TEXT NOT NULL
);
CREATE INDEX protection_noticed_case ON protection_noticed (case_id);
-- +goose Down
DROP TABLE protection_noticed;
