-- Messages that are about no alert go by the same lists of providers as notices: who has one, until when a
-- receipt is due, and every step on its way.

ALTER TABLE officer_message ADD COLUMN hand_overs integer NOT NULL DEFAULT 0;
ALTER TABLE officer_message ADD COLUMN receipt_due_at_ms bigint;
CREATE INDEX officer_message_receipt_due ON officer_message (channel, receipt_due_at_ms)
  WHERE state = 'sent' AND receipt_due_at_ms IS NOT NULL;

CREATE TABLE message_attempt (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  officer_message_id text NOT NULL REFERENCES officer_message (id),
  attempt integer NOT NULL,
  provider text NOT NULL,
  what text NOT NULL,
  code text,
  message_id text,
  sequence integer,
  at_ms bigint NOT NULL
);
CREATE INDEX message_attempt_message ON message_attempt (officer_message_id, seq);

-- Parts of long replies wait here for each other, minutes at most; then what was written is deleted, and that
-- there was a part stays a little longer, for the centre may hand it over again.
CREATE TABLE sms_reply_part (
  provider text NOT NULL,
  sender text NOT NULL,
  reference integer NOT NULL,
  parts integer NOT NULL,
  part integer NOT NULL,
  coding text NOT NULL,
  octets bytea NOT NULL,
  content_hash text NOT NULL,
  received_at_ms bigint NOT NULL,
  done_at_ms bigint,
  PRIMARY KEY (provider, sender, reference, parts, part)
);
CREATE INDEX sms_reply_part_received ON sms_reply_part (provider, received_at_ms);

-- What the officer has to do, as the rule said when the alert opened. Null in alerts of before: what the rule
-- says now.
ALTER TABLE alert ADD COLUMN duty_zh text;
ALTER TABLE alert ADD COLUMN duty_en text;
