-- +goose Up
-- A referral's history is read whole for each act about it, on both nodes: its
-- acts lie together, by their key, and not each where it was recorded.
ALTER TABLE referral_act RENAME TO referral_act_was;
CREATE TABLE referral_act (
    referral TEXT   NOT NULL,
    fact     TEXT   NOT NULL,
    side     TEXT   NOT NULL,
    seq      BIGINT NOT NULL,             -- place in this node's journal
    doc      TEXT   NOT NULL,
    PRIMARY KEY (referral, fact)
) /* rows by their key */;
INSERT INTO referral_act SELECT referral, fact, side, seq, doc FROM referral_act_was;
DROP TABLE referral_act_was;
CREATE INDEX referral_act_seq ON referral_act (seq);
-- +goose Down
ALTER TABLE referral_act RENAME TO referral_act_was;
CREATE TABLE referral_act (
    referral TEXT   NOT NULL,
    fact     TEXT   NOT NULL,
    side     TEXT   NOT NULL,
    seq      BIGINT NOT NULL,
    doc      TEXT   NOT NULL,
    PRIMARY KEY (referral, fact)
);
INSERT INTO referral_act SELECT referral, fact, side, seq, doc FROM referral_act_was;
DROP TABLE referral_act_was;
CREATE INDEX referral_act_seq ON referral_act (seq);
