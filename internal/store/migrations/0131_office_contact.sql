-- +goose Up
-- How an office is reached, of either country, and who last found that it is.
CREATE TABLE office_contact (
    node   TEXT NOT NULL,
    office TEXT NOT NULL,
    doc    TEXT NOT NULL,
    PRIMARY KEY (node, office)
);
-- +goose Down
DROP TABLE office_contact;
