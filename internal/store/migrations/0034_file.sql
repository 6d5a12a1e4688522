-- +goose Up
-- Files of cases, and files that a peer has named. Their chunks lie in a folder
-- beside the database, sealed; the document holds the digest of their manifest.
CREATE TABLE file (
    id       TEXT PRIMARY KEY,
    case_id  TEXT NOT NULL,
    doc      TEXT NOT NULL
);
CREATE INDEX file_case ON file (case_id);
-- Files that are under way from a browser or a program. No fact makes them.
CREATE TABLE file_upload (
    id       TEXT   PRIMARY KEY,        -- the file's id, once it is added
    case_id  TEXT   NOT NULL,
    touched  BIGINT NOT NULL,
    doc      TEXT   NOT NULL
);
CREATE TABLE file_upload_chunk (
    upload   TEXT   NOT NULL,
    n        BIGINT NOT NULL,           -- from 0
    digest   TEXT   NOT NULL,           -- of the sealed chunk
    PRIMARY KEY (upload, n)
);
-- +goose Down
DROP TABLE file_upload_chunk;
DROP TABLE file_upload;
DROP TABLE file;
