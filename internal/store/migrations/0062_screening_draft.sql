-- +goose Up
-- Screenings that somebody has begun and not recorded, each of one person and
-- sealed to the account that typed it: not derived from facts.
CREATE TABLE screening_draft (
    account TEXT   NOT NULL,
    case_id TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    box     BYTEA  NOT NULL,
    PRIMARY KEY (account, case_id, person)
);
CREATE INDEX screening_draft_person ON screening_draft (person);
CREATE INDEX screening_draft_case ON screening_draft (case_id);
CREATE INDEX screening_draft_at ON screening_draft (at);
-- +goose Down
DROP TABLE screening_draft;
