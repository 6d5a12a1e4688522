-- +goose Up
-- The order in which cases wait for the victim adviser, made from their people,
-- screenings and gates (protection.Current): a day reads the first rows of it. It
-- says since when, and nothing of what a gate is about.
CREATE TABLE protection_queue (
    case_id TEXT   PRIMARY KEY,
    since   BIGINT NOT NULL    -- when the clock of what waits first began
);
CREATE INDEX protection_queue_since ON protection_queue (since, case_id);
-- The form in which rows stand there now: those of an earlier one are made anew.
CREATE TABLE protection_queue_form (form BIGINT NOT NULL);
-- +goose Down
DROP TABLE protection_queue_form;
DROP TABLE protection_queue;
