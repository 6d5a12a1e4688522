-- +goose Up
-- What an act that waits for its signature is about: ids of cases, people,
-- referrals. It is dropped when one of them is forgotten; the empty id stands
-- for an act of no case, which may be about anybody.
CREATE TABLE prepared_about (
    prepared TEXT NOT NULL,
    object   TEXT NOT NULL,
    PRIMARY KEY (object, prepared)
);
CREATE INDEX prepared_about_prepared ON prepared_about (prepared);
DELETE FROM prepared;
-- +goose Down
DROP TABLE prepared_about;
