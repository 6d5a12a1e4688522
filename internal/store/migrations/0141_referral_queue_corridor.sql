-- +goose Up
-- What the counts along the border are made of, so that they read no history: made
-- with the rest of the row (referral.Current makes those of an earlier form anew).
ALTER TABLE referral_queue ADD COLUMN corridor TEXT   NOT NULL DEFAULT '';
ALTER TABLE referral_queue ADD COLUMN handling TEXT   NOT NULL DEFAULT '';
ALTER TABLE referral_queue ADD COLUMN silent   BIGINT NOT NULL DEFAULT 0; -- when the other side's clock runs out, if that side owes the step; 0 where none burns
ALTER TABLE referral_queue ADD COLUMN answered BIGINT NOT NULL DEFAULT 0; -- when it was accepted or not; 0 where it was not answered
ALTER TABLE referral_queue ADD COLUMN took     BIGINT NOT NULL DEFAULT 0; -- from the sending to the answer
ALTER TABLE referral_queue ADD COLUMN in_time  BIGINT NOT NULL DEFAULT 0; -- 1: no clock of the receiving side was missed on the way there
ALTER TABLE referral_queue ADD COLUMN hour     BIGINT NOT NULL DEFAULT 0; -- of the suspect's hand-over, unless it was called off or missed
ALTER TABLE referral_queue ADD COLUMN given    BIGINT NOT NULL DEFAULT 0; -- 1: the suspect was given
ALTER TABLE referral_queue ADD COLUMN crossing TEXT   NOT NULL DEFAULT ''; -- at which the suspect was handed over with both signatures
-- +goose Down
ALTER TABLE referral_queue DROP COLUMN crossing;
ALTER TABLE referral_queue DROP COLUMN given;
ALTER TABLE referral_queue DROP COLUMN hour;
ALTER TABLE referral_queue DROP COLUMN in_time;
ALTER TABLE referral_queue DROP COLUMN took;
ALTER TABLE referral_queue DROP COLUMN answered;
ALTER TABLE referral_queue DROP COLUMN silent;
ALTER TABLE referral_queue DROP COLUMN handling;
ALTER TABLE referral_queue DROP COLUMN corridor;
