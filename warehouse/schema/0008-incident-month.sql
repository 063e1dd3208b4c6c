-- The local month of an incident, numbered from year 0, so that counting by month reads two bytes a row and
-- knows nothing of zones. Parts written before work it out as they are read, until they are merged.

ALTER TABLE incident ADD COLUMN IF NOT EXISTS
  month UInt16 MATERIALIZED toUInt16(toRelativeMonthNum(fromUnixTimestamp64Milli(at_ms, 'Asia/Shanghai'), 'Asia/Shanghai') - 1) CODEC(ZSTD(1));
