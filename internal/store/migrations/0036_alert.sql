-- +goose Up
-- Lives at risk, and the telephones located for them.
CREATE TABLE alert (
    id     TEXT   PRIMARY KEY,
    raised BIGINT NOT NULL,
    ended  BIGINT NOT NULL DEFAULT 0,    -- first outcome; 0 while it stands
    doc    TEXT   NOT NULL
);
CREATE INDEX alert_standing ON alert (raised) WHERE ended = 0;
CREATE TABLE alert_phone (
    id    TEXT PRIMARY KEY,
    alert TEXT NOT NULL,
    doc   TEXT NOT NULL
);
-- +goose Down
DROP TABLE alert_phone;
DROP TABLE alert;
