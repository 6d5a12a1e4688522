-- +goose Up
-- Whether and where people want to be written to: derived from facts.
CREATE TABLE mail_choice (
    user_id TEXT PRIMARY KEY,
    doc     TEXT NOT NULL
);
-- Below: not derived from facts.
-- What waits for somebody, by the number that they are written.
CREATE TABLE mail (
    number  TEXT   PRIMARY KEY,
    user_id TEXT   NOT NULL,
    once    TEXT   NOT NULL,              -- what it is about is written once
    doc     TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    next    BIGINT,                       -- when it is tried; NULL once the server has taken it
    tries   BIGINT NOT NULL,
    refused BIGINT NOT NULL,              -- 1 where the server refused the address the last time
    UNIQUE (user_id, once)
);
CREATE INDEX mail_next ON mail (next);

-- +goose Down
DROP TABLE mail;
DROP TABLE mail_choice;
