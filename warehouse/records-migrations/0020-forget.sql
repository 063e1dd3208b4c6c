-- What is being deleted, what must not be, and what was deleted. A deletion names its person only while it
-- runs; a certificate never does.

CREATE TABLE retention_hold (
  id text NOT NULL PRIMARY KEY,
  subject text NOT NULL,
  alert_id text,
  reason text NOT NULL,
  document_number text NOT NULL,
  placed_by text NOT NULL,
  placed_at_ms bigint NOT NULL,
  until_ms bigint NOT NULL,
  approved_by text,
  approved_at_ms bigint,
  lifted_by text,
  lifted_at_ms bigint,
  lift_reason text
);
CREATE INDEX retention_hold_subject ON retention_hold (subject, until_ms);

CREATE TABLE retention_task (
  id text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  rule text NOT NULL,
  because text NOT NULL,
  subject text,
  placeholder text,
  cutoff_ms bigint,
  stage text NOT NULL,
  place text NOT NULL,
  counts text NOT NULL,
  created_at_ms bigint NOT NULL,
  ended_at_ms bigint
);
CREATE UNIQUE INDEX retention_task_subject ON retention_task (subject) WHERE ended_at_ms IS NULL;
CREATE INDEX retention_task_open ON retention_task (created_at_ms) WHERE ended_at_ms IS NULL;

CREATE TABLE retention_certificate (
  id text NOT NULL PRIMARY KEY,
  task_id text NOT NULL UNIQUE,
  rule text NOT NULL,
  because text NOT NULL,
  rows bigint NOT NULL,
  body text NOT NULL,
  content_hash text NOT NULL,
  at_ms bigint NOT NULL
);
CREATE INDEX retention_certificate_at ON retention_certificate (at_ms);
