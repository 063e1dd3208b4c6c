-- The ledger of exports: every file that left the product, and what waits for a second person.

CREATE TABLE export_file (
  number text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  granted_by text NOT NULL,
  exporter text NOT NULL,
  region text NOT NULL,
  about text NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  purpose text NOT NULL,
  purpose_code text,
  format text NOT NULL,
  row_count bigint NOT NULL,
  person_count bigint NOT NULL,
  hashing text NOT NULL,
  content_digest text NOT NULL,
  file_digest text NOT NULL,
  mark text NOT NULL,
  file_name text NOT NULL,
  byte_count bigint NOT NULL,
  made_at_ms bigint NOT NULL,
  state text NOT NULL,
  taken_at_ms bigint,
  request_id text,
  approved_by text
);
CREATE INDEX export_file_made ON export_file (made_at_ms);
CREATE INDEX export_file_exporter ON export_file (exporter, made_at_ms);
CREATE INDEX export_file_digest ON export_file (file_digest);

CREATE TABLE export_request (
  id text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  granted_by text NOT NULL,
  requested_by text NOT NULL,
  region text NOT NULL,
  about text NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  question_hash text NOT NULL,
  purpose text NOT NULL,
  format text NOT NULL,
  row_count bigint NOT NULL,
  person_count bigint NOT NULL,
  reason text NOT NULL,
  requested_at_ms bigint NOT NULL,
  state text NOT NULL,
  decided_by text,
  decided_at_ms bigint,
  decision_note text NOT NULL,
  until_ms bigint NOT NULL
);
CREATE INDEX export_request_requested ON export_request (requested_at_ms);
