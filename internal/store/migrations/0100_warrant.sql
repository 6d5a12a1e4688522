-- +goose Up
-- A judge's order in the hands of the police: what it rests on, until when, and
-- how it ended.
CREATE TABLE warrant_order (
    id       TEXT   NOT NULL PRIMARY KEY,
    case_id  TEXT   NOT NULL,
    referral TEXT   NOT NULL,
    ended    BIGINT NOT NULL, -- 0 while nobody has ended it
    until    BIGINT NOT NULL,
    doc      TEXT   NOT NULL
);
CREATE INDEX warrant_order_ended ON warrant_order (ended, until, id);
CREATE INDEX warrant_order_case ON warrant_order (case_id, ended);
CREATE INDEX warrant_order_referral ON warrant_order (referral, ended);
-- +goose Down
DROP TABLE warrant_order;
