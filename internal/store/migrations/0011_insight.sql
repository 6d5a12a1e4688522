-- +goose Up
-- Figures taken from other systems: one row for each event or count of a
-- source. No row names or stands for a person.
CREATE TABLE stat_event (
    source TEXT   NOT NULL,
    key    TEXT   NOT NULL,            -- unique in its source
    digest TEXT   NOT NULL,            -- of doc, to tell a changed row
    year   BIGINT NOT NULL,
    month  BIGINT NOT NULL,            -- 0 where the source gives the year only
    scheme TEXT   NOT NULL,            -- of place, '' where the source gives none
    place  TEXT   NOT NULL,
    doc    TEXT   NOT NULL,
    PRIMARY KEY (source, key)
);
CREATE INDEX stat_event_when ON stat_event (source, year, month);
-- +goose Down
DROP TABLE stat_event;
