-- +goose Up
-- What only the row of a fact says is covered by no digest: when it was
-- recorded, by how much the clock stood behind, and that its body was
-- forgotten. row_sum is a check sum of these (journal.rowSum), so that a
-- flipped bit shows; 0 if the row has none.
ALTER TABLE fact ADD COLUMN forgotten BIGINT NOT NULL DEFAULT 0;
ALTER TABLE fact ADD COLUMN row_sum BIGINT NOT NULL DEFAULT 0;
UPDATE fact SET row_sum = seq + 31 * at + 17 * behind;
UPDATE fact SET forgotten = 1, row_sum = 0 WHERE NOT EXISTS (SELECT 1 FROM body b WHERE b.seq = fact.seq);
