-- +goose Up
-- Nodes this one knows. Made by peer facts; the keys pinned are those of the
-- descriptor in doc.
CREATE TABLE peer (
    id        TEXT   PRIMARY KEY,
    status    TEXT   NOT NULL,          -- proposed, approved
    effective BIGINT NOT NULL,          -- approved: from when the link may be used
    doc       TEXT   NOT NULL
);
-- Kinds of message that a peer says it understands.
CREATE TABLE peer_kind (
    peer TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (peer, kind)
);
-- What was released, and its place in the lane. seq is NULL while the peer
-- does not understand the kind. Delivered is what lies at or below the lane's
-- high water; rows are not touched when they are.
CREATE TABLE outbox (
    fact    BIGINT PRIMARY KEY,
    peer    TEXT   NOT NULL,
    lane    TEXT   NOT NULL,
    epoch   BIGINT NOT NULL,
    seq     BIGINT,
    expires BIGINT NOT NULL,            -- 0: does not expire
    void    TEXT,                       -- why it will not be delivered
    void_at BIGINT
);
CREATE UNIQUE INDEX outbox_lane ON outbox (peer, lane, epoch, seq) WHERE seq IS NOT NULL;
CREATE INDEX outbox_waiting ON outbox (peer, fact) WHERE seq IS NULL;
CREATE INDEX outbox_expires ON outbox (expires) WHERE expires > 0 AND void IS NULL;
-- How far each lane is. out: next is the number to give, done the high water
-- of receipts. in: next is the number expected, done the one before.
CREATE TABLE lane_head (
    peer   TEXT   NOT NULL,
    lane   TEXT   NOT NULL,
    way    TEXT   NOT NULL,             -- out, in
    epoch  BIGINT NOT NULL,
    next   BIGINT NOT NULL,
    done   BIGINT NOT NULL,
    digest TEXT   NOT NULL,             -- of the last frame settled, empty before the first
    fact   BIGINT NOT NULL,             -- in: the receipt given for it
    open   BIGINT NOT NULL DEFAULT 0,   -- out: 1 if a frame may have arrived whose answer is not known
    PRIMARY KEY (peer, lane, way)
);
-- Receipts that a peer signed for what was sent; the fact holds the receipt.
CREATE TABLE receipt_taken (
    peer  TEXT   NOT NULL,
    lane  TEXT   NOT NULL,
    epoch BIGINT NOT NULL,
    last  BIGINT NOT NULL,
    first BIGINT NOT NULL,
    fact  BIGINT NOT NULL,
    at    BIGINT NOT NULL,              -- recorded there, as the receipt says
    PRIMARY KEY (peer, lane, epoch, last)
);
-- Receipts that this node signed, to be given again verbatim for ever.
CREATE TABLE receipt_given (
    frame TEXT   PRIMARY KEY,           -- digest of the frame answered
    peer  TEXT   NOT NULL,
    fact  BIGINT NOT NULL,
    at    BIGINT NOT NULL
);
-- Messages of this node that a peer refused by signed receipt.
CREATE TABLE link_refused (
    id   TEXT   PRIMARY KEY,            -- the message
    peer TEXT   NOT NULL,
    lane TEXT   NOT NULL,
    kind TEXT   NOT NULL,
    code TEXT   NOT NULL,
    at   BIGINT NOT NULL
);
-- Messages that were not delivered, of this node or announced by a peer.
CREATE TABLE link_voided (
    id     TEXT   PRIMARY KEY,
    peer   TEXT   NOT NULL,
    lane   TEXT   NOT NULL,
    way    TEXT   NOT NULL,             -- out, in
    kind   TEXT   NOT NULL,             -- empty for a peer's
    reason TEXT   NOT NULL,
    at     BIGINT NOT NULL
);
-- What must not happen and did. about tells two alarms of one code apart.
CREATE TABLE link_alarm (
    peer  TEXT   NOT NULL,
    code  TEXT   NOT NULL,
    about TEXT   NOT NULL,
    lane  TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (peer, code, about)
);
-- Bytes that were refused, as they came: kept and shown, never applied.
CREATE TABLE quarantine (
    digest TEXT   NOT NULL,
    peer   TEXT   NOT NULL,
    what   TEXT   NOT NULL,             -- message, void, frame
    id     TEXT   NOT NULL,             -- of the message, where legible
    lane   TEXT   NOT NULL,
    code   TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    bytes  BYTEA   NOT NULL,
    PRIMARY KEY (peer, digest)
);
-- When each peer was last heard, and what keeps this node from reaching it.
CREATE TABLE contact (
    peer    TEXT   PRIMARY KEY,
    heard   BIGINT NOT NULL,            -- last authenticated word from it
    tried   BIGINT NOT NULL,            -- last attempt to reach it
    tries   BIGINT NOT NULL,            -- attempts since it last answered
    problem TEXT   NOT NULL,            -- code of what went wrong last, empty if nothing
    ahead   BIGINT NOT NULL             -- its clock minus this one's, microseconds
);
