-- +goose Up
-- What an office knows of, newest first: ids are made in the order of time. Without
-- it a list of fifty looked through every case of the node.
CREATE INDEX membership_office ON membership (office, object_type, object_id);
-- +goose Down
DROP INDEX membership_office;
