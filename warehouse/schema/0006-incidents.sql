-- What composite indices count: incidents, which name nobody, and measures such as population. `origin`
-- says where rows came from: an import, or `synthetic` for invented ones; `piece` is the piece of the import, so
-- that it can be written again after a crash and an import taken back.

CREATE TABLE IF NOT EXISTS incident
(
  at_ms Int64 CODEC(Delta, ZSTD(1)),
  -- GB/T 2260 code of a county
  region UInt32,
  -- A column of the definition
  kind LowCardinality(String),
  origin LowCardinality(String),
  piece UInt32 DEFAULT 0 CODEC(T64, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYear(fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai'))
ORDER BY (region, kind, at_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE TABLE IF NOT EXISTS index_measure
(
  region UInt32,
  -- 2026 or 2026-01
  period LowCardinality(String),
  column LowCardinality(String),
  value Float64,
  origin LowCardinality(String),
  piece UInt32 DEFAULT 0 CODEC(T64, ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (region, column, period)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
