-- What was handed to an SMS centre, part by part: SMPP knows no key of ours, so that a notice goes out once
-- and that a receipt finds its notice is for us to remember. And which replies officers sent, without what
-- they wrote.

CREATE TABLE sms_part (
  provider text NOT NULL,
  notice_id text NOT NULL,
  part integer NOT NULL,
  parts integer NOT NULL,
  number text NOT NULL,
  reference integer NOT NULL,
  state text NOT NULL,
  message_id text,
  receipt_key text,
  reason text,
  submitted_at_ms bigint NOT NULL,
  PRIMARY KEY (provider, notice_id, part)
);
CREATE INDEX sms_part_receipt ON sms_part (receipt_key);
CREATE INDEX sms_part_unsettled ON sms_part (number) WHERE state = 'submitted';

CREATE TABLE sms_reply (
  id text NOT NULL PRIMARY KEY,
  provider text NOT NULL,
  officer_id text NOT NULL,
  alert_id text,
  outcome text NOT NULL,
  code text NOT NULL,
  received_at_ms bigint NOT NULL,
  answer_zh text,
  answer_en text,
  answer_state text NOT NULL,
  answer_attempts integer NOT NULL,
  answer_due_at_ms bigint NOT NULL
);
CREATE INDEX sms_reply_officer ON sms_reply (officer_id, received_at_ms);
CREATE INDEX sms_reply_answer ON sms_reply (answer_due_at_ms) WHERE answer_state = 'waiting';

-- A reply looks for what its sender was told.
CREATE INDEX outbox_told ON outbox (recipient, created_at_ms);
