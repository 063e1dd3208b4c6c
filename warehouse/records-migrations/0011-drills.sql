-- Drills and canaries beside what is real, ladders without an end, and what the watchdog found.

-- 'drill' or 'canary'; null for what is real
ALTER TABLE alert ADD COLUMN exercise text;
ALTER TABLE outbox ADD COLUMN exercise text;
CREATE INDEX alert_exercise ON alert (exercise, recorded_at_ms) WHERE exercise IS NOT NULL;

-- A rung that is climbed again and again until somebody has the alert
ALTER TABLE escalation ADD COLUMN every_ms bigint;
ALTER TABLE escalation ADD COLUMN round integer NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN round integer NOT NULL DEFAULT 0;

CREATE TABLE drill (
  id text NOT NULL PRIMARY KEY,
  alert_id text NOT NULL UNIQUE,
  level integer NOT NULL,
  rule_id text NOT NULL,
  region text NOT NULL,
  purpose text NOT NULL,
  started_by text NOT NULL,
  started_at_ms bigint NOT NULL,
  appended_at_ms bigint,
  ended_at_ms bigint,
  ended_by text
);
CREATE INDEX drill_started ON drill (started_at_ms);
CREATE INDEX drill_running ON drill (started_at_ms) WHERE ended_at_ms IS NULL;

-- What did not move though it should have, from when it was found until it was seen to be over
CREATE TABLE stall (
  id text NOT NULL PRIMARY KEY,
  stall_key text NOT NULL,
  kind text NOT NULL,
  alert_id text,
  level integer,
  what text NOT NULL,
  since_ms bigint NOT NULL,
  found_at_ms bigint NOT NULL,
  told_at_ms bigint,
  over_at_ms bigint,
  over_told_at_ms bigint
);
CREATE UNIQUE INDEX stall_lasting ON stall (stall_key) WHERE over_at_ms IS NULL;
CREATE INDEX stall_found ON stall (found_at_ms);
