-- +goose Up
-- Acts that were shown and not signed are thrown away by their age, whenever
-- another is shown: without an index that read all of them.
CREATE INDEX prepared_at ON prepared (at);
-- +goose Down
DROP INDEX prepared_at;
