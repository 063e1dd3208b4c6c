-- What follows when nobody acknowledges: the rungs of each alert's ladder, frozen when it opens.

CREATE TABLE escalation (
  id text NOT NULL PRIMARY KEY,
  alert_id text NOT NULL REFERENCES alert (id),
  step integer NOT NULL,
  side text NOT NULL,
  due_at_ms bigint NOT NULL,
  channel text NOT NULL,
  recipients text NOT NULL,
  state text NOT NULL,
  done_at_ms bigint
);
CREATE INDEX escalation_alert ON escalation (alert_id);
CREATE INDEX escalation_due ON escalation (due_at_ms) WHERE state = 'waiting';
