-- +goose Up
-- What people keep of their own link charts, sealed by the node: not derived from facts.
CREATE TABLE kept_chart (
    id      TEXT   PRIMARY KEY,
    account TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    box     BYTEA  NOT NULL
);
CREATE INDEX kept_chart_account ON kept_chart (account, at);
-- +goose Down
DROP TABLE kept_chart;
