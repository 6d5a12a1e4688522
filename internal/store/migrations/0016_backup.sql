-- +goose Up
-- Backups that this node made by itself, with what proving each one gave.
CREATE TABLE backup (
    name TEXT   PRIMARY KEY,            -- folder of the backup
    made BIGINT NOT NULL,
    ok   BIGINT NOT NULL,               -- 1 if it proved whole
    doc  TEXT   NOT NULL
);
