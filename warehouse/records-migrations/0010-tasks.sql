-- What follows the answer: the task of a responsible officer with its due time, feedback with evidence and
-- photos, and objections of supervised persons.

-- Acts of officers on the alert so far: who acts on what has changed meanwhile is told so.
ALTER TABLE alert ADD COLUMN acts integer NOT NULL DEFAULT 0;

CREATE TABLE alert_task (
  alert_id text NOT NULL PRIMARY KEY REFERENCES alert (id),
  bureau text NOT NULL,
  officer text,
  since_ms bigint NOT NULL,
  given_by text NOT NULL,
  came_by text NOT NULL,
  started_at_ms bigint NOT NULL,
  due_at_ms bigint NOT NULL,
  leader_at_ms bigint NOT NULL,
  next_at_ms bigint,
  reminded_at_ms bigint,
  leader_told_at_ms bigint,
  periods text NOT NULL,
  offered_bureau text,
  offered_officer text,
  offered_by text,
  offered_at_ms bigint,
  offer_note text
);
CREATE INDEX alert_task_next ON alert_task (next_at_ms) WHERE next_at_ms IS NOT NULL;
CREATE INDEX alert_task_officer ON alert_task (officer);
CREATE INDEX alert_task_offered ON alert_task (offered_bureau) WHERE offered_bureau IS NOT NULL;

CREATE TABLE alert_feedback (
  id text NOT NULL PRIMARY KEY,
  alert_id text NOT NULL REFERENCES alert (id),
  number integer NOT NULL,
  result text NOT NULL,
  note text NOT NULL,
  measures text NOT NULL,
  evidence text NOT NULL,
  photos text NOT NULL,
  at_ms bigint NOT NULL,
  given_by text NOT NULL
);
CREATE INDEX alert_feedback_alert ON alert_feedback (alert_id, number);
INSERT INTO alert_feedback (id, alert_id, number, result, note, measures, evidence, photos, at_ms, given_by)
  SELECT 'fb_' || id, id, 1, feedback_result, COALESCE(feedback_note, ''), '', '[]', '[]',
    COALESCE(feedback_at_ms, closed_at_ms, recorded_at_ms), COALESCE(feedback_by, '')
  FROM alert WHERE feedback_result IS NOT NULL;

CREATE TABLE alert_photo (
  id text NOT NULL PRIMARY KEY,
  alert_id text NOT NULL REFERENCES alert (id),
  content_hash text NOT NULL,
  media_type text NOT NULL,
  byte_count integer NOT NULL,
  width integer NOT NULL,
  height integer NOT NULL,
  body bytea NOT NULL,
  uploaded_by text NOT NULL,
  uploaded_at_ms bigint NOT NULL,
  feedback_id text
);
CREATE INDEX alert_photo_alert ON alert_photo (alert_id);
CREATE INDEX alert_photo_loose ON alert_photo (uploaded_at_ms) WHERE feedback_id IS NULL;

CREATE TABLE objection (
  id text NOT NULL PRIMARY KEY,
  alert_id text NOT NULL REFERENCES alert (id),
  what text NOT NULL,
  received_how text NOT NULL,
  raised_at_ms bigint NOT NULL,
  recorded_by text NOT NULL,
  recorded_at_ms bigint NOT NULL,
  workdays integer NOT NULL,
  calendar_version text NOT NULL,
  due_at_ms bigint NOT NULL,
  state text NOT NULL,
  decided_by text,
  decided_at_ms bigint,
  reason text,
  next_at_ms bigint,
  alarmed_at_ms bigint
);
CREATE INDEX objection_alert ON objection (alert_id);
CREATE INDEX objection_open ON objection (due_at_ms) WHERE state = 'open';
CREATE INDEX objection_next ON objection (next_at_ms) WHERE next_at_ms IS NOT NULL;
