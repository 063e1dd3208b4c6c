-- Saved views that are counted by themselves each week or month, and what was counted, which stays as it was.
-- `scope` says what it was counted within: whoever sees less does not get to see it.

ALTER TABLE saved_view ADD COLUMN schedule text NOT NULL DEFAULT 'none';
ALTER TABLE saved_view ADD COLUMN scheduled_since_ms bigint;

CREATE TABLE view_report (
  id text NOT NULL PRIMARY KEY,
  view_id text NOT NULL,
  owner text NOT NULL,
  region text NOT NULL,
  title text NOT NULL,
  query text NOT NULL,
  visibility text NOT NULL,
  kind text NOT NULL,
  from_ms bigint NOT NULL,
  until_ms bigint NOT NULL,
  scope text NOT NULL,
  hides_small bigint NOT NULL,
  body text,
  problem text,
  content_hash text,
  made_at_ms bigint NOT NULL
);
CREATE INDEX view_report_owner ON view_report (owner, made_at_ms);
CREATE INDEX view_report_seen ON view_report (visibility, region, made_at_ms);
