-- +goose Up
-- The form in which rows stand in the text index (casefile.Current): what was
-- written in an earlier one is written anew.
CREATE TABLE search_form (form BIGINT NOT NULL);
-- What people keep of their own searches, sealed by the node: not derived from facts.
CREATE TABLE saved_view (
    id      TEXT   PRIMARY KEY,
    account TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    box     BYTEA  NOT NULL
);
CREATE INDEX saved_view_account ON saved_view (account, at);
-- +goose Down
DROP TABLE saved_view;
DROP TABLE search_form;
