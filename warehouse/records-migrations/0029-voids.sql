-- Orders that were recorded void, or whose legal basis was: what was collected under one is deleted early, once
-- a second person has confirmed it. The row goes with the person.

CREATE TABLE void_proposal (
  id text NOT NULL PRIMARY KEY,
  subject text NOT NULL,
  order_id text NOT NULL,
  county text NOT NULL,
  because text NOT NULL,
  document_number text NOT NULL,
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
CREATE INDEX void_proposal_subject ON void_proposal (subject);
CREATE INDEX void_proposal_proposed ON void_proposal (proposed_at_ms);
