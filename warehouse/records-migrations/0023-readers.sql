-- Unusual readers: how far the rules about readers have read the trail and what they remember, and what became of
-- a notice about a person who reads.
CREATE TABLE reader_watch (
  name text NOT NULL PRIMARY KEY,
  position bigint NOT NULL,
  state bytea NOT NULL,
  saved_at_ms bigint NOT NULL
);

ALTER TABLE audit_notice ADD COLUMN answer text;
ALTER TABLE audit_notice ADD COLUMN answer_reason text;
ALTER TABLE audit_notice ADD COLUMN answered_by text;
ALTER TABLE audit_notice ADD COLUMN answered_at_ms bigint;
