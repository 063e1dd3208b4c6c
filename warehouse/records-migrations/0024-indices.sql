-- Composite indices: references frozen of a year, and figures published by two persons.

CREATE TABLE index_reference (
  id text NOT NULL PRIMARY KEY,
  index_id text NOT NULL,
  version text NOT NULL,
  body text NOT NULL,
  made_at_ms bigint NOT NULL
);
CREATE INDEX index_reference_version ON index_reference (index_id, version, made_at_ms);

CREATE TABLE index_publication (
  id text NOT NULL PRIMARY KEY,
  index_id text NOT NULL,
  period text NOT NULL,
  number bigint NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  version text NOT NULL,
  reason text NOT NULL,
  body text NOT NULL,
  content_hash text NOT NULL,
  changes text NOT NULL,
  proposed_by text NOT NULL,
  proposed_at_ms bigint NOT NULL,
  decided_by text,
  decided_at_ms bigint,
  note text,
  UNIQUE (index_id, period, number)
);
CREATE UNIQUE INDEX index_publication_open ON index_publication (index_id, period)
  WHERE state = 'proposed';
