-- Which raised findings an alert stands for; each sender looks at its own channel only.

CREATE TABLE alert_raise (
  id text NOT NULL PRIMARY KEY,
  alert_id text NOT NULL REFERENCES alert (id),
  opened_at_ms bigint NOT NULL,
  cleared_at_ms bigint
);
CREATE INDEX alert_raise_alert ON alert_raise (alert_id);

CREATE INDEX alert_closed ON alert (closed_at_ms) WHERE status = 'closed';

DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (channel, next_attempt_at_ms)
  WHERE state IN ('waiting', 'sending', 'uncertain');
