-- +goose Up
-- When a government stood an accord still, and when it took it up again.
CREATE TABLE accord_suspension (
    accord  TEXT   NOT NULL,
    node    TEXT   NOT NULL,
    since   BIGINT NOT NULL,             -- asserted by that government's node
    resumed BIGINT NOT NULL DEFAULT 0,   -- 0: not resumed
    PRIMARY KEY (accord, node, since)
);
-- +goose Down
DROP TABLE accord_suspension;
