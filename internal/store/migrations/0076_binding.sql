-- +goose Up
-- Which account a person has whom an agency's identity provider vouches for:
-- derived from facts.
CREATE TABLE binding (
    user_id TEXT PRIMARY KEY,
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    doc     TEXT NOT NULL,
    UNIQUE (issuer, subject)
);

-- +goose Down
DROP TABLE binding;
