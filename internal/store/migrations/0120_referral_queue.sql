-- +goose Up
-- The order in which referrals are looked at, made from their histories
-- (referral.Current): a list reads the first rows of it, and no more.
CREATE TABLE referral_queue (
    referral TEXT   PRIMARY KEY,
    case_id  TEXT   NOT NULL,   -- the sender's
    due      BIGINT NOT NULL,   -- when the running clock that dies first runs out; of one without a clock a time that never comes
    newest   BIGINT NOT NULL,   -- when it was opened, counted backwards
    ends     BIGINT NOT NULL,   -- 1: nothing more is awaited
    here     BIGINT NOT NULL,   -- 1: this side owes the next step
    meets    BIGINT NOT NULL,   -- 1: a hand-over is agreed, or somebody is between two signatures
    composed BIGINT NOT NULL    -- of one's own: the fact of its first packet; 0 where there is none
);
CREATE INDEX referral_queue_due ON referral_queue (due, newest, referral);
CREATE INDEX referral_queue_here ON referral_queue (here, due, newest, referral);
CREATE INDEX referral_queue_case ON referral_queue (case_id);
CREATE INDEX referral_queue_meets ON referral_queue (referral) WHERE meets = 1;
CREATE INDEX referral_queue_composed ON referral_queue (composed) WHERE composed > 0;
-- The form in which rows stand there now: those of an earlier one are made anew.
CREATE TABLE referral_queue_form (form BIGINT NOT NULL);
-- +goose Down
DROP TABLE referral_queue_form;
DROP TABLE referral_queue;
