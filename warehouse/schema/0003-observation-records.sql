-- The order of the log, so that a history can be read from here as the rules read it: every record of the
-- observations with how far time had come, and the place of each position in its record. What was written
-- before this has no records and is no history.

CREATE TABLE IF NOT EXISTS observation_record
(
  -- One of ENTRY_KINDS in ingest/log.ts
  kind LowCardinality(String),
  -- Event time up to which the partition was complete
  watermark_ms Int64 CODEC(Delta, ZSTD(1)),
  appended_at_ms Int64 CODEC(Delta, ZSTD(1)),
  -- How many rows of `position`, `fact` or `tally` came in it
  rows UInt32 CODEC(T64, ZSTD(1)),
  -- What has no table of its own: of a tick its gap, of a mark the rules
  payload String CODEC(ZSTD(1)),
  log_partition UInt16 CODEC(ZSTD(1)),
  log_offset UInt64 CODEC(Delta, ZSTD(1)),
  appended_at DateTime64(3, 'Asia/Shanghai') ALIAS fromUnixTimestamp64Milli(appended_at_ms, 'Asia/Shanghai')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(appended_at_ms, 'Asia/Shanghai'))
ORDER BY (log_partition, log_offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- 0 in every row from before, too
ALTER TABLE position ADD COLUMN IF NOT EXISTS log_line UInt32 DEFAULT 0 CODEC(T64, ZSTD(1)) AFTER log_offset;
