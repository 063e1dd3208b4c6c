-- observations per source and minute
-- {"fromMs":1795276800000,"untilMs":1795363200000,"rows":50001}
SELECT
  intDiv(r.received_minute_ms, 60000) * 60000 AS bucket_ms,
  r.source AS source,
  sum(r.observations) AS value
FROM observation_minute AS r
WHERE r.received_minute_ms >= {fromMs:Int64}
  AND r.received_minute_ms < {untilMs:Int64}
GROUP BY bucket_ms, source
ORDER BY bucket_ms, source
LIMIT {rows:UInt32}

-- refused by reason
-- {"rows":50001}
SELECT
  r.source AS source,
  r.reason AS reason,
  sum(r.count) AS value
FROM tally AS r
GROUP BY source, reason
ORDER BY source, reason
LIMIT {rows:UInt32}

-- positions per county of one city and one county
-- {"only_county_city":[5117],"only_county_county":[510104],"rows":50001}
SELECT
  toString(r.region) AS county,
  sum(r.observations) AS value
FROM observation_minute AS r
WHERE r.kind = 'position'
  AND (intDiv(r.region, 100) IN {only_county_city:Array(UInt32)} OR r.region IN {only_county_county:Array(UInt32)})
GROUP BY county
ORDER BY county
LIMIT {rows:UInt32}

-- open alerts by level and county
-- {"rows":50001}
SELECT
  r.level AS level,
  toString(r.region) AS county,
  count() AS value
FROM (
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
  FROM alert_event AS e
  GROUP BY alert_id
  HAVING countIf(e.kind = 'opened') > 0
) AS r
WHERE r.is_open AND NOT r.is_withdrawn
GROUP BY level, county
ORDER BY level, county
LIMIT {rows:UInt32}

-- unacknowledged alerts of level 1
-- {"only_level":[1],"rows":50001}
SELECT
  count() AS value
FROM (
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
  FROM alert_event AS e
  GROUP BY alert_id
  HAVING countIf(e.kind = 'opened') > 0
) AS r
WHERE r.is_open AND NOT r.is_acknowledged AND NOT r.is_withdrawn
  AND r.level IN {only_level:Array(UInt32)}
LIMIT {rows:UInt32}

-- alerts raised per rule and day
-- {"only_class":["cc","raKey"],"only_rule":["county-exit'; DROP TABLE position; --"],"rows":50001}
SELECT
  intDiv(r.recorded_at_ms + 28800000, 86400000) * 86400000 - 28800000 AS bucket_ms,
  r.rule_id AS rule,
  count() AS value
FROM (
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
  FROM alert_event AS e
  GROUP BY alert_id
  HAVING countIf(e.kind = 'opened') > 0
) AS r
WHERE r.subject_class IN {only_class:Array(String)}
  AND r.rule_id IN {only_rule:Array(String)}
GROUP BY bucket_ms, rule
ORDER BY bucket_ms, rule
LIMIT {rows:UInt32}

-- suppressed by reason, per week
-- {"rows":50001}
SELECT
  (intDiv(intDiv(r.at_ms + 28800000, 86400000) + 3, 7) * 7 - 3) * 86400000 - 28800000 AS bucket_ms,
  r.because AS because,
  count() AS value
FROM (SELECT * FROM finding WHERE kind = 'suppressed' AND shadow = 0) AS r
GROUP BY bucket_ms, because
ORDER BY bucket_ms, because
LIMIT {rows:UInt32}

-- time to acknowledge per month and county, at most 10 rows
-- {"rows":11}
SELECT
  toInt64(toStartOfMonth(toDate(intDiv(r.recorded_at_ms + 28800000, 86400000)))) * 86400000 - 28800000 AS bucket_ms,
  toString(r.region) AS county,
  quantileExactOrNull(0.9)(r.acknowledged_at_ms - r.recorded_at_ms) AS value
FROM (
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
  FROM alert_event AS e
  GROUP BY alert_id
  HAVING countIf(e.kind = 'opened') > 0
) AS r
WHERE r.is_acknowledged
GROUP BY bucket_ms, county
ORDER BY bucket_ms, county
LIMIT {rows:UInt32}

-- open at an instant by how long
-- {"asOfMs":1795363200000,"rows":50001}
SELECT
  toString(intDiv(r.region, 100) * 100) AS city,
  multiIf(r.age_ms < 3600000, 'under-1h', r.age_ms < 86400000, '1h-24h',
    r.age_ms < 604800000, '1d-7d', '7d-and-more') AS age,
  count() AS value
FROM (
  SELECT *, {asOfMs:Int64} - recorded_at_ms AS age_ms
  FROM (
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
  FROM alert_event AS e
  WHERE e.at_ms <= {asOfMs:Int64}
  GROUP BY alert_id
  HAVING countIf(e.kind = 'opened') > 0
)
  WHERE is_open AND NOT is_withdrawn
) AS r
GROUP BY city, age
ORDER BY city, age
LIMIT {rows:UInt32}

-- all at once
-- {"rows":50001}
SELECT
  quantileExactOrNull(0.5)(r.acknowledged_at_ms - r.recorded_at_ms) AS value
FROM (
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
  FROM alert_event AS e
  GROUP BY alert_id
  HAVING countIf(e.kind = 'opened') > 0
) AS r
WHERE r.is_acknowledged
LIMIT {rows:UInt32}
