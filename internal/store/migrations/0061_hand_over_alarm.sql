-- +goose Up
-- A person between two signatures, by the fact of the first: which alarms were
-- raised here, to whom, and what was answered. waiting is 1 while the second
-- signature is missing.
CREATE TABLE hand_over_alarm (
    id       TEXT   PRIMARY KEY,
    referral TEXT   NOT NULL,
    waiting  BIGINT NOT NULL,
    doc      TEXT   NOT NULL
);
CREATE INDEX hand_over_alarm_waiting ON hand_over_alarm (waiting, id);
CREATE INDEX hand_over_alarm_referral ON hand_over_alarm (referral, id);
-- +goose Down
DROP TABLE hand_over_alarm;
