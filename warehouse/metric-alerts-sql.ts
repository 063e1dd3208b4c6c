// Alerts as the warehouse counts them: one row for each, made of its events.

/**
 * A subquery with one row per alert, of the events (`e`) that meet the condition. An alert reopened after it was
 * closed is open again; its level and whether it stands are as the last event says.
 */
export const alertsSql = (where?: string): string => `(
  SELECT
    alert_id,
    any(e.rule_id) AS rule_id,
    argMax(e.level, (e.at_ms, e.log_offset, e.log_line)) AS level,
    any(e.region) AS region,
    any(e.subject) AS subject,
    any(e.subject_class) AS subject_class,
    minIf(e.at_ms, e.kind = 'opened') AS recorded_at_ms,
    minIf(e.at_ms, e.kind = 'acknowledged') AS acknowledged_at_ms,
    countIf(e.kind = 'acknowledged') > 0 AS is_acknowledged,
    countIf(e.kind = 'overdue') > 0 AS is_overdue,
    argMaxIf(
      e.kind,
      (e.at_ms, e.log_offset, e.log_line),
      e.kind IN ('opened', 'reopened', 'closed')
    ) != 'closed' AS is_open,
    argMaxIf(
      JSONExtractString(e.body, 'details', 'outcome'),
      (e.at_ms, e.log_offset, e.log_line),
      e.kind = 'corrected'
    ) = 'withdrawn' AS is_withdrawn,
    argMaxIf(
      JSONExtractString(e.body, 'details', 'result'),
      (e.at_ms, e.log_offset, e.log_line),
      e.kind = 'feedback'
    ) AS cause
  FROM alert_event AS e${where === undefined ? '' : `\n  WHERE ${where}`}
  GROUP BY alert_id
  HAVING countIf(e.kind = 'opened') > 0
)`;
