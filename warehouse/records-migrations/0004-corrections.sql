-- What became known after an alert was raised: a raise that was none, a level that was another.

ALTER TABLE alert ADD COLUMN raised_level integer NOT NULL DEFAULT 3;
UPDATE alert SET raised_level = level;
ALTER TABLE alert ADD COLUMN withdrawn_at_ms bigint;
ALTER TABLE alert ADD COLUMN corrected_because text;
ALTER TABLE alert ADD COLUMN corrections integer NOT NULL DEFAULT 0;

ALTER TABLE alert_raise ADD COLUMN level integer;
ALTER TABLE alert_raise ADD COLUMN withdrawn_at_ms bigint;
ALTER TABLE alert_raise ADD COLUMN corrected_at_ms bigint;
ALTER TABLE alert_raise ADD COLUMN correction_id text;

CREATE TABLE alert_correction (
  id text NOT NULL PRIMARY KEY,
  alert_id text NOT NULL REFERENCES alert (id),
  raise_id text NOT NULL,
  outcome text NOT NULL,
  at_ms bigint NOT NULL,
  body text NOT NULL
);
CREATE INDEX alert_correction_alert ON alert_correction (alert_id, at_ms);
