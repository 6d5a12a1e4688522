-- +goose Up
-- Which access facts are about one case, so that the case can show who looked at
-- it. The facts stand in the journal; this only finds them again.
CREATE TABLE case_look (
    case_id TEXT   NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (case_id, seq)
);
-- +goose Down
DROP TABLE case_look;
