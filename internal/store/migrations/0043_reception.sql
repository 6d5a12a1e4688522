-- +goose Up
-- Receptions of protected people. An act in the alert lane may come before the
-- appointment: scheduled is 0 until that is here.
CREATE TABLE reception (
    id        TEXT   PRIMARY KEY,
    referral  TEXT   NOT NULL,
    case_id   TEXT   NOT NULL,
    scheduled BIGINT NOT NULL,
    doc       TEXT   NOT NULL
);
CREATE INDEX reception_referral ON reception (referral, id);
-- +goose Down
DROP TABLE reception;
