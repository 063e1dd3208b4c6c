-- Several providers behind one channel: who was given a notice, until when a receipt is due, and every attempt
-- with what came of it. What a limit held back or summed up says so. Browsers that officers are pushed to.

ALTER TABLE outbox ADD COLUMN level integer NOT NULL DEFAULT 2;
UPDATE outbox SET level = coalesce((SELECT alert.level FROM alert WHERE alert.id = outbox.alert_id), 2);
ALTER TABLE outbox ADD COLUMN hand_overs integer NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN handed_over_at_ms bigint;
UPDATE outbox SET hand_overs = 1, handed_over_at_ms = sent_at_ms WHERE sent_at_ms IS NOT NULL;
ALTER TABLE outbox ADD COLUMN receipt_due_at_ms bigint;
ALTER TABLE outbox ADD COLUMN held_until_ms bigint;
ALTER TABLE outbox ADD COLUMN covered_by text;

-- The gravest first, then the longest due.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (channel, level, next_attempt_at_ms)
  WHERE state IN ('waiting', 'sending', 'uncertain');
CREATE INDEX outbox_receipt_due ON outbox (channel, receipt_due_at_ms)
  WHERE state = 'sent' AND receipt_due_at_ms IS NOT NULL;
CREATE INDEX outbox_recipient ON outbox (recipient, channel, level, handed_over_at_ms);

CREATE TABLE notice_attempt (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  notice_id text NOT NULL REFERENCES outbox (id),
  alert_id text NOT NULL,
  attempt integer NOT NULL,
  provider text NOT NULL,
  what text NOT NULL,
  code text,
  message_id text,
  sequence integer,
  at_ms bigint NOT NULL,
  until_ms bigint
);
CREATE INDEX notice_attempt_notice ON notice_attempt (notice_id, seq);
CREATE INDEX notice_attempt_alert ON notice_attempt (alert_id, seq);

CREATE TABLE push_subscription (
  id text NOT NULL PRIMARY KEY,
  officer_id text NOT NULL REFERENCES officer (id),
  endpoint text NOT NULL,
  p256dh text NOT NULL,
  auth text NOT NULL,
  device text NOT NULL,
  language text NOT NULL,
  created_at_ms bigint NOT NULL
);
CREATE INDEX push_subscription_officer ON push_subscription (officer_id);
