-- The duty roster as people change it: what they do to it, row by row and never changed; notes handed over at
-- the end of a turn; numbers being tried; and messages to officers that are about no alert.

CREATE TABLE roster_act (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  change_id text NOT NULL,
  act text NOT NULL,
  bureau text NOT NULL,
  body text,
  until_ms bigint NOT NULL,
  reason text NOT NULL,
  acted_by text NOT NULL,
  at_ms bigint NOT NULL
);
CREATE INDEX roster_act_change ON roster_act (change_id);
CREATE INDEX roster_act_until ON roster_act (until_ms);

CREATE TABLE roster_note (
  id text NOT NULL PRIMARY KEY,
  bureau text NOT NULL,
  officer text NOT NULL,
  turn_from_ms bigint NOT NULL,
  turn_until_ms bigint NOT NULL,
  body text NOT NULL,
  written_by text NOT NULL,
  at_ms bigint NOT NULL
);
CREATE INDEX roster_note_bureau ON roster_note (bureau, at_ms);

CREATE TABLE roster_note_seen (
  note_id text NOT NULL REFERENCES roster_note (id),
  account_id text NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (note_id, account_id)
);

CREATE TABLE phone_check (
  id text NOT NULL PRIMARY KEY,
  officer text NOT NULL,
  phone text NOT NULL,
  code_hash text NOT NULL,
  asked_by text NOT NULL,
  asked_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL,
  tries integer NOT NULL,
  passed_at_ms bigint
);
CREATE INDEX phone_check_officer ON phone_check (officer, asked_at_ms);

CREATE TABLE officer_message (
  id text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  recipient text NOT NULL,
  channel text NOT NULL,
  address text,
  text_zh text NOT NULL,
  text_en text NOT NULL,
  state text NOT NULL,
  attempts integer NOT NULL,
  next_attempt_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL,
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
CREATE INDEX officer_message_due ON officer_message (channel, next_attempt_at_ms)
  WHERE state IN ('waiting', 'sending', 'uncertain');
CREATE INDEX officer_message_recipient ON officer_message (recipient, created_at_ms);
