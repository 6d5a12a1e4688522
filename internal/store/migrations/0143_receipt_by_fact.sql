-- +goose Up
-- What a receipt answers is told to whoever shows it, as the receipt comes.
CREATE INDEX receipt_taken_fact ON receipt_taken (fact);
-- +goose Down
DROP INDEX receipt_taken_fact;
