-- +goose Up
-- What people keep for themselves, a search or a chart, in one place: sealed by the node, not derived from facts.
CREATE TABLE shelf (
    id      TEXT   PRIMARY KEY,
    account TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    box     BYTEA  NOT NULL
);
CREATE INDEX shelf_account ON shelf (account, kind, at);
INSERT INTO shelf (id, account, kind, at, box) SELECT id, account, 'view', at, box FROM saved_view;
INSERT INTO shelf (id, account, kind, at, box) SELECT id, account, 'chart', at, box FROM kept_chart;
DROP TABLE saved_view;
DROP TABLE kept_chart;
-- +goose Down
CREATE TABLE saved_view (id TEXT PRIMARY KEY, account TEXT NOT NULL, at BIGINT NOT NULL, box BYTEA NOT NULL);
CREATE INDEX saved_view_account ON saved_view (account, at);
CREATE TABLE kept_chart (id TEXT PRIMARY KEY, account TEXT NOT NULL, at BIGINT NOT NULL, box BYTEA NOT NULL);
CREATE INDEX kept_chart_account ON kept_chart (account, at);
INSERT INTO saved_view (id, account, at, box) SELECT id, account, at, box FROM shelf WHERE kind = 'view';
INSERT INTO kept_chart (id, account, at, box) SELECT id, account, at, box FROM shelf WHERE kind = 'chart';
DROP TABLE shelf;
