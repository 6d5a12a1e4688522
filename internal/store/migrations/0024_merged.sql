-- +goose Up
-- A person is read with the records merged into theirs: without an index each
-- reading looked through everybody of the node.
CREATE INDEX case_person_merged ON case_person (merged) WHERE merged IS NOT NULL;
-- +goose Down
DROP INDEX case_person_merged;
