-- +goose Up
-- Changes of shift: what somebody left to a colleague, and in whose hands it is
-- since it was taken.
CREATE TABLE shift_change (
    id    TEXT   NOT NULL PRIMARY KEY,
    giver TEXT   NOT NULL,
    taker TEXT   NOT NULL,
    state TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    doc   TEXT   NOT NULL
);
CREATE INDEX shift_change_giver ON shift_change (giver, state, at);
CREATE INDEX shift_change_taker ON shift_change (taker, state, at);
CREATE TABLE in_hand (
    type    TEXT   NOT NULL,
    id      TEXT   NOT NULL,
    account TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    doc     TEXT   NOT NULL,
    PRIMARY KEY (type, id)
);
CREATE INDEX in_hand_account ON in_hand (account, at);
-- +goose Down
DROP TABLE in_hand;
DROP TABLE shift_change;
