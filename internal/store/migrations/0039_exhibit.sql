-- +goose Up
-- Exhibits and the chain of custody of each. referral is set once the exhibit
-- has crossed to the other node.
CREATE TABLE exhibit (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    n BIGINT NOT NULL,
    referral TEXT NOT NULL DEFAULT '',
    doc TEXT NOT NULL
);
CREATE INDEX exhibit_case ON exhibit (case_id, n);
CREATE INDEX exhibit_referral ON exhibit (referral);

CREATE TABLE exhibit_step (
    exhibit TEXT NOT NULL,
    fact TEXT NOT NULL,
    nth BIGINT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (exhibit, fact)
);
-- +goose Down
DROP TABLE exhibit_step;
DROP TABLE exhibit;
