-- What is counted ahead for each day (warehouse/rollups.ts). Only rows of the version that the records name for
-- their day count; others are left from a calculation that was cut short, or replaced, and are cleared away.
-- Nobody is named in them.

CREATE TABLE IF NOT EXISTS alert_day
(
  -- Days in China since 1 January 1970
  day UInt32,
  version UInt32,
  recorded_at_ms Int64 CODEC(Delta, ZSTD(1)),
  rule_id LowCardinality(String),
  level UInt8,
  region UInt32,
  subject_class LowCardinality(String),
  cause LowCardinality(String),
  alerts UInt64 CODEC(T64, ZSTD(1)),
  open_alerts UInt64 CODEC(T64, ZSTD(1)),
  unacknowledged UInt64 CODEC(T64, ZSTD(1)),
  overdue UInt64 CODEC(T64, ZSTD(1)),
  withdrawn UInt64 CODEC(T64, ZSTD(1)),
  judged UInt64 CODEC(T64, ZSTD(1)),
  confirmed UInt64 CODEC(T64, ZSTD(1)),
  acknowledged_after_ms Array(Int64)
)
ENGINE = MergeTree
PARTITION BY intDiv(day, 100)
ORDER BY (day, version, region)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE TABLE IF NOT EXISTS observation_day
(
  day UInt32,
  version UInt32,
  -- The start of an hour
  received_minute_ms Int64 CODEC(Delta, ZSTD(1)),
  kind LowCardinality(String),
  source LowCardinality(String),
  region UInt32,
  observations UInt64 CODEC(T64, ZSTD(1)),
  minute_rows UInt64 CODEC(T64, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY intDiv(day, 100)
ORDER BY (day, version, region)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
