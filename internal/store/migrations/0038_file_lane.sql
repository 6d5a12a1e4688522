-- +goose Up
-- Files that another node has named; arrived once every chunk is here.
ALTER TABLE file ADD COLUMN peer TEXT NOT NULL DEFAULT '';
ALTER TABLE file ADD COLUMN referral TEXT NOT NULL DEFAULT '';
ALTER TABLE file ADD COLUMN arrived BIGINT NOT NULL DEFAULT 0;
CREATE INDEX file_awaited ON file (peer) WHERE arrived = 0 AND peer <> '';
-- To whom this node has named a file, and whether its key has gone.
CREATE TABLE file_given (
    file     TEXT NOT NULL,
    referral TEXT NOT NULL,
    peer     TEXT NOT NULL,
    key      TEXT NOT NULL,
    doc      TEXT NOT NULL,
    PRIMARY KEY (file, referral)
);
-- +goose Down
DROP TABLE file_given;
DROP INDEX file_awaited;
ALTER TABLE file DROP COLUMN arrived;
ALTER TABLE file DROP COLUMN referral;
ALTER TABLE file DROP COLUMN peer;
