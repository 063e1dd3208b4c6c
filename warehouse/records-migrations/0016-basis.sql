-- Recorded bases: their versions, what waits for a second person, and what the gate refused by the hour.

CREATE TABLE basis_version (
  id text NOT NULL PRIMARY KEY,
  subject text NOT NULL,
  basis_id text NOT NULL,
  action text NOT NULL,
  at_ms bigint NOT NULL,
  from_ms bigint NOT NULL,
  until_ms bigint NOT NULL,
  body text NOT NULL
);
CREATE INDEX basis_version_subject ON basis_version (subject, from_ms);
CREATE INDEX basis_version_until ON basis_version (until_ms);

CREATE TABLE basis_proposal (
  id text NOT NULL PRIMARY KEY,
  subject text NOT NULL,
  basis_id text NOT NULL,
  county text NOT NULL,
  paper text NOT NULL,
  reason text NOT NULL,
  proposed_by text NOT NULL,
  proposed_at_ms bigint NOT NULL,
  confirmer text NOT NULL,
  decision text,
  decided_by text,
  decided_at_ms bigint,
  decision_note text,
  published_at_ms bigint
);
CREATE INDEX basis_proposal_subject ON basis_proposal (subject);
CREATE INDEX basis_proposal_open ON basis_proposal (proposed_at_ms) WHERE decision IS NULL;
CREATE INDEX basis_proposal_unpublished ON basis_proposal (decided_at_ms)
  WHERE decision = 'confirmed' AND published_at_ms IS NULL;

CREATE TABLE refusal_hour (
  hour_ms bigint NOT NULL,
  source text NOT NULL,
  reason text NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (hour_ms, source, reason)
);
