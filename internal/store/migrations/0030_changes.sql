-- +goose Up
-- The change feed reads both histories by their place in the journal.
CREATE INDEX case_history_seq ON case_history (seq);
CREATE INDEX referral_act_seq ON referral_act (seq);
