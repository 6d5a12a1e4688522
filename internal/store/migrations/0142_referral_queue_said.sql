-- +goose Up
-- What a row of the inbox says, as far as it is found by words: what is called one
-- thing in each language has one key, so that a change of a name changes no row.
ALTER TABLE referral_queue ADD COLUMN state TEXT NOT NULL DEFAULT ''; -- procedure and standing
ALTER TABLE referral_queue ADD COLUMN other TEXT NOT NULL DEFAULT ''; -- node and office at the other end
ALTER TABLE referral_queue ADD COLUMN about TEXT NOT NULL DEFAULT ''; -- what its latest sending is called by; empty where nothing was sent
CREATE INDEX referral_queue_other ON referral_queue (other);
CREATE INDEX referral_queue_about ON referral_queue (about);
-- The number from each of its letters on, so that any part of it leads to the referral.
CREATE TABLE referral_number (
    suffix   TEXT NOT NULL,
    referral TEXT NOT NULL,
    PRIMARY KEY (suffix, referral)
);
CREATE INDEX referral_number_referral ON referral_number (referral);
-- +goose Down
DROP TABLE referral_number;
DROP INDEX referral_queue_about;
DROP INDEX referral_queue_other;
ALTER TABLE referral_queue DROP COLUMN about;
ALTER TABLE referral_queue DROP COLUMN other;
ALTER TABLE referral_queue DROP COLUMN state;
