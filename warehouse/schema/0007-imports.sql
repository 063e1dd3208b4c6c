-- What people import from files for the index: incidents, one row each, and measures such as population. Rows
-- name the import they came with and their piece of it, so that a piece can be written again after a crash and
-- an import taken back. Names nobody: columns about persons are not imported.

CREATE TABLE IF NOT EXISTS incident
(
  import_id LowCardinality(String),
  piece UInt32 CODEC(T64, ZSTD(1)),
  -- GB/T 2260
  region UInt32 CODEC(ZSTD(1)),
  at_ms Int64 CODEC(Delta, ZSTD(1)),
  kind LowCardinality(String),
  at DateTime64(3, 'Asia/Shanghai') ALIAS fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai')
)
ENGINE = MergeTree
PARTITION BY toYear(fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai'))
ORDER BY (region, kind, at_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE TABLE IF NOT EXISTS measure
(
  import_id LowCardinality(String),
  piece UInt32 CODEC(T64, ZSTD(1)),
  -- GB/T 2260
  region UInt32 CODEC(ZSTD(1)),
  -- 2026 or 2026-01
  period LowCardinality(String),
  name LowCardinality(String),
  value Float64 CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (name, region, period)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
