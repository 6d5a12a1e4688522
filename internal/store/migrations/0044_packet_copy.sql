-- +goose Up
-- Copies of packets that people took out of the node, numbered for each packet.
CREATE TABLE packet_copy (
    packet TEXT NOT NULL,
    n BIGINT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (packet, n)
);
-- +goose Down
DROP TABLE packet_copy;
