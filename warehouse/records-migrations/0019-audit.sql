-- The audit trail. What is told with an act waits in audit_pending until the sealer has chained it into
-- audit_record; 4,096 records make a segment. Triggers of each engine, in the files beside this one, refuse
-- to change or delete any of it but what was sealed and what was archived.

CREATE TABLE audit_pending (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  body text NOT NULL
);

CREATE TABLE audit_record (
  position bigint NOT NULL PRIMARY KEY,
  pending_seq bigint NOT NULL,
  body text NOT NULL,
  hash text NOT NULL,
  at_ms bigint NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  outcome text NOT NULL,
  purpose text
);
CREATE UNIQUE INDEX audit_record_pending ON audit_record (pending_seq);
CREATE INDEX audit_record_at ON audit_record (at_ms);
CREATE INDEX audit_record_actor ON audit_record (actor, position);
CREATE INDEX audit_record_action ON audit_record (action, position);

CREATE TABLE audit_subject (
  subject text NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (subject, position)
);
CREATE INDEX audit_subject_position ON audit_subject (position);

CREATE TABLE audit_segment (
  number bigint NOT NULL PRIMARY KEY,
  body text NOT NULL,
  hash text NOT NULL,
  root text NOT NULL,
  head text NOT NULL,
  last_at_ms bigint NOT NULL
);

CREATE TABLE audit_archive (
  segment bigint NOT NULL PRIMARY KEY,
  at_ms bigint NOT NULL,
  actor text NOT NULL
);

CREATE TABLE audit_checkpoint (
  number bigint NOT NULL PRIMARY KEY,
  size bigint NOT NULL,
  at_ms bigint NOT NULL,
  body text NOT NULL,
  signature text NOT NULL
);

CREATE TABLE audit_witnessed (
  checkpoint bigint NOT NULL,
  witness text NOT NULL,
  at_ms bigint NOT NULL,
  outcome text NOT NULL,
  PRIMARY KEY (checkpoint, witness)
);

-- Checkpoints of other instances, for which this one is the witness.
CREATE TABLE audit_foreign (
  origin text NOT NULL,
  size bigint NOT NULL,
  root text NOT NULL,
  body text NOT NULL,
  signature text NOT NULL,
  received_at_ms bigint NOT NULL,
  PRIMARY KEY (origin, size)
);

CREATE TABLE audit_verification (
  at_ms bigint NOT NULL PRIMARY KEY,
  size bigint NOT NULL,
  findings text NOT NULL
);

-- What the audit administrator is told of: unusual look-ups, a trail that does not fit.
CREATE TABLE audit_notice (
  id text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  actor text,
  at_ms bigint NOT NULL,
  body text NOT NULL,
  seen_by text,
  seen_at_ms bigint
);
CREATE INDEX audit_notice_at ON audit_notice (at_ms);
