-- The first tables. Every row from the log names the record it came from, and its line in there, so that
-- the writer can count rows, take them back and write them again. Instants are milliseconds; `at` shows one
-- as a time in China. Every statement may be run again after a crash between two of them.
--
-- What is inserted is on the disk before it is acknowledged: the writer's progress, written after the
-- data, then never runs ahead of them, not even after a power cut.

CREATE TABLE IF NOT EXISTS position
(
  subject String CODEC(ZSTD(1)),
  source LowCardinality(String),
  sequence UInt32 CODEC(Delta, ZSTD(1)),
  at_ms Int64 CODEC(Delta, ZSTD(1)),
  received_at_ms Int64 CODEC(Delta, ZSTD(1)),
  lng Float64 CODEC(ZSTD(1)),
  lat Float64 CODEC(ZSTD(1)),
  -- NaN when unknown
  accuracy_m Float32 CODEC(ZSTD(1)),
  -- Index into FIX_KINDS of core/position-codes.ts
  fix UInt8 CODEC(ZSTD(1)),
  -- NaN when unknown
  speed_kmh Float32 CODEC(ZSTD(1)),
  -- 255 when unknown
  battery_percent UInt8 CODEC(ZSTD(1)),
  -- Bits of LABEL in core/position-codes.ts
  labels UInt16 CODEC(ZSTD(1)),
  -- GB/T 2260 code; 0 where the map does not reach
  region UInt32 CODEC(ZSTD(1)),
  log_partition UInt16 CODEC(ZSTD(1)),
  log_offset UInt64 CODEC(Delta, ZSTD(1)),
  at DateTime64(3, 'Asia/Shanghai') ALIAS fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai'),
  INDEX log_offsets log_offset TYPE minmax GRANULARITY 1024
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai'))
ORDER BY (subject, at_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- In partitions by the month of receipt: orders are years old when they come, and a part for each of their
-- months would make every insert, and every row taken back after a crash, many times as dear.
CREATE TABLE IF NOT EXISTS fact
(
  id String CODEC(ZSTD(1)),
  kind LowCardinality(String),
  subject String CODEC(ZSTD(1)),
  source LowCardinality(String),
  at_ms Int64 CODEC(Delta, ZSTD(1)),
  received_at_ms Int64 CODEC(Delta, ZSTD(1)),
  -- Where it happened, or for an order the county that answers; 0 when the fact names none
  region UInt32 CODEC(ZSTD(1)),
  -- The whole observation as JSON
  body String CODEC(ZSTD(3)),
  log_partition UInt16 CODEC(ZSTD(1)),
  log_offset UInt64 CODEC(Delta, ZSTD(1)),
  log_line UInt32 CODEC(ZSTD(1)),
  at DateTime64(3, 'Asia/Shanghai') ALIAS fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai'),
  INDEX log_offsets log_offset TYPE minmax GRANULARITY 1024
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(received_at_ms, 'Asia/Shanghai'))
ORDER BY (subject, at_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- What ingest did not keep, counted by feed and reason, at the time it was counted
CREATE TABLE IF NOT EXISTS tally
(
  at_ms Int64 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  reason LowCardinality(String),
  count UInt32 CODEC(ZSTD(1)),
  log_partition UInt16 CODEC(ZSTD(1)),
  log_offset UInt64 CODEC(Delta, ZSTD(1)),
  log_line UInt32 CODEC(ZSTD(1)),
  at DateTime64(3, 'Asia/Shanghai') ALIAS fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai'))
ORDER BY at_ms
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE TABLE IF NOT EXISTS finding
(
  id String CODEC(ZSTD(1)),
  kind LowCardinality(String),
  rule_id LowCardinality(String),
  rule_version LowCardinality(String),
  -- Empty for a suppressed finding
  alert_id String CODEC(ZSTD(1)),
  subject String CODEC(ZSTD(1)),
  subject_class LowCardinality(String),
  region UInt32 CODEC(ZSTD(1)),
  -- 0 unless the finding raises an alert
  level UInt8 CODEC(ZSTD(1)),
  at_ms Int64 CODEC(Delta, ZSTD(1)),
  late UInt8 CODEC(ZSTD(1)),
  -- Why it was suppressed, else empty
  because LowCardinality(String),
  reference String CODEC(ZSTD(1)),
  -- The whole finding as JSON
  body String CODEC(ZSTD(3)),
  log_partition UInt16 CODEC(ZSTD(1)),
  log_offset UInt64 CODEC(Delta, ZSTD(1)),
  log_line UInt32 CODEC(ZSTD(1)),
  at DateTime64(3, 'Asia/Shanghai') ALIAS fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai'))
ORDER BY (rule_id, at_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE TABLE IF NOT EXISTS alert_event
(
  id String CODEC(ZSTD(1)),
  alert_id String CODEC(ZSTD(1)),
  kind LowCardinality(String),
  at_ms Int64 CODEC(Delta, ZSTD(1)),
  actor String CODEC(ZSTD(1)),
  rule_id LowCardinality(String),
  level UInt8 CODEC(ZSTD(1)),
  subject String CODEC(ZSTD(1)),
  subject_class LowCardinality(String),
  region UInt32 CODEC(ZSTD(1)),
  opened_at_ms Int64 CODEC(Delta, ZSTD(1)),
  -- The whole event as JSON
  body String CODEC(ZSTD(3)),
  log_partition UInt16 CODEC(ZSTD(1)),
  log_offset UInt64 CODEC(Delta, ZSTD(1)),
  log_line UInt32 CODEC(ZSTD(1)),
  at DateTime64(3, 'Asia/Shanghai') ALIAS fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai'))
ORDER BY (alert_id, at_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- Observations by the minute they were received in: what screens count over long times. Rows carry the
-- segment of the log they count, so that they can be taken back with it (SEGMENT_RECORDS, progress.ts).
CREATE TABLE IF NOT EXISTS observation_minute
(
  received_minute_ms Int64,
  kind LowCardinality(String),
  source LowCardinality(String),
  region UInt32,
  log_partition UInt16,
  log_segment UInt32,
  observations UInt64
)
ENGINE = SummingMergeTree(observations)
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(received_minute_ms, 'Asia/Shanghai'))
ORDER BY (received_minute_ms, kind, source, region, log_partition, log_segment)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS position_to_observation_minute TO observation_minute AS
SELECT
  intDiv(position.received_at_ms, 60000) * 60000 AS received_minute_ms,
  'position' AS kind,
  position.source AS source,
  position.region AS region,
  position.log_partition AS log_partition,
  intDiv(position.log_offset, 4096) AS log_segment,
  count() AS observations
FROM position
GROUP BY received_minute_ms, kind, source, region, log_partition, log_segment;

CREATE MATERIALIZED VIEW IF NOT EXISTS fact_to_observation_minute TO observation_minute AS
SELECT
  intDiv(fact.received_at_ms, 60000) * 60000 AS received_minute_ms,
  fact.kind AS kind,
  fact.source AS source,
  fact.region AS region,
  fact.log_partition AS log_partition,
  intDiv(fact.log_offset, 4096) AS log_segment,
  count() AS observations
FROM fact
GROUP BY received_minute_ms, kind, source, region, log_partition, log_segment;

-- How far the writer has come: one row per target table and segment of the log after each chunk, which
-- merges add up. Written after the data, in one statement.
CREATE TABLE IF NOT EXISTS writer_progress
(
  target LowCardinality(String),
  log_partition UInt16,
  log_segment UInt32,
  next_offset SimpleAggregateFunction(max, UInt64),
  rows SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (target, log_partition, log_segment)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
