-- +goose Up
-- What somebody has typed into a form and not sent, of any form that is kept,
-- sealed to the account that typed it: not derived from facts.
CREATE TABLE draft (
    account TEXT   NOT NULL,
    form    TEXT   NOT NULL,
    case_id TEXT   NOT NULL,
    object  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    box     BYTEA  NOT NULL,
    PRIMARY KEY (account, form, case_id, object)
);
INSERT INTO draft (account, form, case_id, object, at, box) SELECT account, 'screening', case_id, person, at, box FROM screening_draft;
DROP TABLE screening_draft;
CREATE INDEX draft_object ON draft (object);
CREATE INDEX draft_case ON draft (case_id);
CREATE INDEX draft_at ON draft (at);
-- +goose Down
CREATE TABLE screening_draft (
    account TEXT   NOT NULL,
    case_id TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    box     BYTEA  NOT NULL,
    PRIMARY KEY (account, case_id, person)
);
INSERT INTO screening_draft (account, case_id, person, at, box) SELECT account, case_id, object, at, box FROM draft WHERE form = 'screening';
CREATE INDEX screening_draft_person ON screening_draft (person);
CREATE INDEX screening_draft_case ON screening_draft (case_id);
CREATE INDEX screening_draft_at ON screening_draft (at);
DROP TABLE draft;
