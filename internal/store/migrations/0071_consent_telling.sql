-- +goose Up
-- Since when a receiving service waits to be told that a consent on which it has
-- a file was taken back; 0 when nobody waits.
ALTER TABLE consent ADD COLUMN telling BIGINT NOT NULL DEFAULT 0;
CREATE INDEX consent_telling ON consent (telling) WHERE telling > 0;
-- +goose Down
DROP INDEX consent_telling;
ALTER TABLE consent DROP COLUMN telling;
