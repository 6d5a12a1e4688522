-- +goose Up
-- How a person reads the pages: their theme and language, and when they last
-- looked at their day. It is part of no record.
CREATE TABLE look (
    user_id TEXT   PRIMARY KEY,
    theme   TEXT   NOT NULL,
    lang    TEXT   NOT NULL,
    looked  BIGINT NOT NULL,
    earlier BIGINT NOT NULL
);
-- +goose Down
DROP TABLE look;
