-- The first tables. Instants and offsets are 64-bit, flags are 0 or 1, JSON is text.

-- The legal frame

CREATE TABLE alias (
  namespace text NOT NULL,
  value_hash text NOT NULL,
  subject text NOT NULL,
  PRIMARY KEY (namespace, value_hash)
);
CREATE INDEX alias_subject ON alias (subject);

CREATE TABLE supervision_order (
  id text NOT NULL PRIMARY KEY,
  subject text NOT NULL,
  order_id text NOT NULL,
  action text NOT NULL,
  at_ms bigint NOT NULL,
  effective_at_ms bigint NOT NULL,
  category text NOT NULL,
  subject_class text NOT NULL,
  county text NOT NULL,
  until_ms bigint NOT NULL,
  body text NOT NULL
);
CREATE INDEX supervision_order_subject ON supervision_order (subject, effective_at_ms);
CREATE INDEX supervision_order_county ON supervision_order (county, until_ms);

CREATE TABLE leave_version (
  id text NOT NULL PRIMARY KEY,
  subject text NOT NULL,
  leave_id text NOT NULL,
  action text NOT NULL,
  at_ms bigint NOT NULL,
  effective_at_ms bigint NOT NULL,
  from_ms bigint NOT NULL,
  until_ms bigint NOT NULL,
  body text NOT NULL
);
CREATE INDEX leave_version_subject ON leave_version (subject, from_ms);

CREATE TABLE rule_version (
  rule_id text NOT NULL,
  rule_version text NOT NULL,
  number integer NOT NULL,
  content_hash text NOT NULL,
  body text NOT NULL,
  loaded_at_ms bigint NOT NULL,
  PRIMARY KEY (rule_id, rule_version),
  UNIQUE (rule_id, number)
);

-- Alerts

CREATE TABLE alert (
  id text NOT NULL PRIMARY KEY,
  rule_id text NOT NULL,
  rule_version text NOT NULL,
  level integer NOT NULL,
  subject text NOT NULL,
  subject_class text NOT NULL,
  region text NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  article text NOT NULL,
  opened_at_ms bigint NOT NULL,
  received_at_ms bigint NOT NULL,
  recorded_at_ms bigint NOT NULL,
  cleared_at_ms bigint,
  late integer NOT NULL,
  status text NOT NULL,
  acknowledged_at_ms bigint,
  acknowledged_by text,
  closed_at_ms bigint,
  closed_by text,
  episode_id text NOT NULL,
  repeats integer NOT NULL DEFAULT 0,
  last_repeat_at_ms bigint,
  evidence text NOT NULL,
  measured text NOT NULL,
  checked_leaves text NOT NULL,
  feedback_result text,
  feedback_note text,
  feedback_at_ms bigint,
  feedback_by text
);
-- The console asks for what is open, gravest first and oldest first, of one county or of all.
CREATE INDEX alert_open_region ON alert (region, level, opened_at_ms) WHERE status <> 'closed';
CREATE INDEX alert_open_level ON alert (level, opened_at_ms) WHERE status <> 'closed';
CREATE INDEX alert_opened ON alert (opened_at_ms);
CREATE INDEX alert_subject ON alert (subject, opened_at_ms);
CREATE INDEX alert_episode ON alert (episode_id);

CREATE TABLE alert_event (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  alert_id text NOT NULL REFERENCES alert (id),
  kind text NOT NULL,
  at_ms bigint NOT NULL,
  actor text NOT NULL,
  body text NOT NULL
);
CREATE INDEX alert_event_alert ON alert_event (alert_id, seq);

CREATE TABLE suppressed_finding (
  id text NOT NULL PRIMARY KEY,
  rule_id text NOT NULL,
  rule_version text NOT NULL,
  subject text NOT NULL,
  subject_class text NOT NULL,
  region text NOT NULL,
  at_ms bigint NOT NULL,
  because text NOT NULL,
  reference text,
  body text NOT NULL
);
CREATE INDEX suppressed_finding_subject ON suppressed_finding (subject, at_ms);

CREATE TABLE outbox (
  id text NOT NULL PRIMARY KEY,
  alert_id text NOT NULL REFERENCES alert (id),
  step integer NOT NULL,
  channel text NOT NULL,
  recipient text NOT NULL,
  text_zh text NOT NULL,
  text_en text NOT NULL,
  state text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at_ms bigint NOT NULL,
  leased_until_ms bigint,
  leased_by text,
  provider text,
  provider_message_id text,
  provider_sequence integer,
  last_error_code text,
  created_at_ms bigint NOT NULL,
  sent_at_ms bigint,
  delivered_at_ms bigint,
  answered_at_ms bigint
);
-- What is due and what a crashed sender left leased; finished notices are not in this index.
CREATE INDEX outbox_due ON outbox (next_attempt_at_ms)
  WHERE state IN ('waiting', 'sending', 'uncertain');
CREATE INDEX outbox_alert ON outbox (alert_id);
CREATE INDEX outbox_receipt ON outbox (provider, provider_message_id)
  WHERE provider_message_id IS NOT NULL;

-- People who work here, and partners who send

CREATE TABLE officer (
  id text NOT NULL PRIMARY KEY,
  name text NOT NULL,
  role text NOT NULL,
  region text NOT NULL,
  phone text,
  active integer NOT NULL DEFAULT 1
);
CREATE INDEX officer_region ON officer (region);

CREATE TABLE account (
  id text NOT NULL PRIMARY KEY,
  login text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  display_zh text NOT NULL,
  display_en text NOT NULL,
  role text NOT NULL,
  region text NOT NULL,
  language text NOT NULL,
  officer_id text REFERENCES officer (id),
  active integer NOT NULL DEFAULT 1
);

CREATE TABLE session (
  token_hash text NOT NULL PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id),
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL,
  last_seen_at_ms bigint NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expiry ON session (expires_at_ms);

CREATE TABLE partner (
  id text NOT NULL PRIMARY KEY,
  name text NOT NULL,
  token_hash text NOT NULL UNIQUE,
  sources text NOT NULL,
  kinds text NOT NULL,
  trusted integer NOT NULL DEFAULT 0
);

-- How far consumers have come

CREATE TABLE consumer_offset (
  consumer text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (consumer, topic, partition)
);

CREATE TABLE cursor (
  name text NOT NULL PRIMARY KEY,
  value text NOT NULL,
  updated_at_ms bigint NOT NULL
);

CREATE TABLE snapshot (
  consumer text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  format text NOT NULL,
  body bytea NOT NULL,
  saved_at_ms bigint NOT NULL,
  PRIMARY KEY (consumer, partition, next_offset)
);
