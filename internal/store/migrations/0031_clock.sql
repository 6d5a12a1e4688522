-- +goose Up
-- By how much the node's clock stood behind the journal's time when a fact was
-- recorded, microseconds; 0 if it did not. The journal's time never decreases.
ALTER TABLE fact ADD COLUMN behind BIGINT NOT NULL DEFAULT 0;
