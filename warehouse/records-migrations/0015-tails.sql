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
