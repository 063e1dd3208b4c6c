-- What was deleted on purpose, so that the writer does not take it for lost (warehouse/progress.ts): rows by
-- the segment of the log they came in. Names nobody.

CREATE TABLE IF NOT EXISTS forgotten_rows
(
  -- The deletion that did it, so that it is noted once
  task String CODEC(ZSTD(1)),
  target LowCardinality(String),
  log_partition UInt16,
  log_segment UInt32,
  rows UInt64
)
ENGINE = MergeTree
ORDER BY (target, log_partition, log_segment)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- What a deletion leaves behind goes from the disk soon, not after minutes. What is merged or rewritten is
-- on the disk before it counts, so nothing needs the old parts.
ALTER TABLE position MODIFY SETTING old_parts_lifetime = 60, merge_tree_clear_old_parts_interval_seconds = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 5, cleanup_delay_period_random_add = 0;
ALTER TABLE fact MODIFY SETTING old_parts_lifetime = 60, merge_tree_clear_old_parts_interval_seconds = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 5, cleanup_delay_period_random_add = 0;
ALTER TABLE finding MODIFY SETTING old_parts_lifetime = 60, merge_tree_clear_old_parts_interval_seconds = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 5, cleanup_delay_period_random_add = 0;
ALTER TABLE alert_event MODIFY SETTING old_parts_lifetime = 60, merge_tree_clear_old_parts_interval_seconds = 1, cleanup_delay_period = 1, max_cleanup_delay_period = 5, cleanup_delay_period_random_add = 0;
