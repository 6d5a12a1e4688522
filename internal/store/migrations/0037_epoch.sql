-- +goose Up
-- Lanes on which the two nodes contradict each other: what the peer signed that
-- does not agree with what is here. Gone once the lane goes on.
CREATE TABLE lane_contradiction (
    peer  TEXT   NOT NULL,
    lane  TEXT   NOT NULL,             -- empty: the whole link, after a restore
    code  TEXT   NOT NULL,             -- as the alarm's; epoch: the peer has begun anew
    next  BIGINT NOT NULL,             -- number that the peer expects; epoch: the peer's
    PRIMARY KEY (peer, lane, code, next)
);
-- +goose Down
DROP TABLE lane_contradiction;
