-- +goose Up
-- Orders to forget a person or a case: proposed by one, decided by another.
CREATE TABLE forget_order (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL,
    object  TEXT   NOT NULL,              -- the person, or the case
    decided BIGINT NOT NULL,              -- 0 while it waits
    doc     TEXT   NOT NULL
);
CREATE INDEX forget_order_object ON forget_order (object);
-- What keeps a case from being forgotten: proceedings, appeals, complaints.
CREATE TABLE legal_hold (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL,
    lifted  BIGINT NOT NULL,
    doc     TEXT   NOT NULL
);
CREATE INDEX legal_hold_case ON legal_hold (case_id);
