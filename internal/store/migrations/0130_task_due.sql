-- +goose Up
-- Tasks by the time at which they are due, and notices by when they were sent: what
-- is overdue is written about.
CREATE INDEX case_item_task ON case_item (at) WHERE noun = 'task';
CREATE INDEX consular_notice_sent ON consular_notice (sent);
