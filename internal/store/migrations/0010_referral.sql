-- +goose Up
-- Referrals, sent and received. Where one stands is no column: it follows from
-- the two histories in referral_act.
CREATE TABLE referral (
    id      TEXT   PRIMARY KEY,
    case_id TEXT   NOT NULL,              -- the sender's
    number  TEXT   NOT NULL,
    side    TEXT   NOT NULL,              -- of this node: sender, receiver
    opened  BIGINT NOT NULL,
    doc     TEXT   NOT NULL
);
CREATE INDEX referral_case ON referral (case_id);
CREATE INDEX referral_opened ON referral (opened);
-- The acts of both sides. An alert may be here before its referral is.
CREATE TABLE referral_act (
    referral TEXT   NOT NULL,
    fact     TEXT   NOT NULL,
    side     TEXT   NOT NULL,
    seq      BIGINT NOT NULL,             -- place in this node's journal
    doc      TEXT   NOT NULL,
    PRIMARY KEY (referral, fact)
);
