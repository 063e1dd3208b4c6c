-- Silences: who wanted what not to be told, what became of that, and what it hid. All three tables are only
-- ever added to; what an alert is now stands in its own row.

CREATE TABLE silence (
  id text NOT NULL PRIMARY KEY,
  matcher text NOT NULL,
  region text NOT NULL,
  covers_open integer NOT NULL,
  needs_approval integer NOT NULL,
  author text NOT NULL,
  author_role text NOT NULL,
  reason text NOT NULL,
  from_ms bigint NOT NULL,
  until_ms bigint NOT NULL,
  created_at_ms bigint NOT NULL
);
CREATE INDEX silence_until ON silence (until_ms);

CREATE TABLE silence_act (
  id text NOT NULL PRIMARY KEY,
  silence_id text NOT NULL REFERENCES silence (id),
  kind text NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  at_ms bigint NOT NULL
);
CREATE INDEX silence_act_silence ON silence_act (silence_id);

CREATE TABLE silenced_alert (
  silence_id text NOT NULL REFERENCES silence (id),
  alert_id text NOT NULL REFERENCES alert (id),
  at_ms bigint NOT NULL,
  PRIMARY KEY (silence_id, alert_id)
);

ALTER TABLE alert ADD COLUMN silenced_by text;
CREATE INDEX alert_silenced ON alert (silenced_by) WHERE silenced_by IS NOT NULL;

-- Why the alert was routed anew the last time: its notices say so. Null in rows of before: a correction.
ALTER TABLE alert ADD COLUMN rerouted_because text;

-- Event time at which repeats made it graver by one.
ALTER TABLE alert ADD COLUMN repeats_raised_at_ms bigint;
