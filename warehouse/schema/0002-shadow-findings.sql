-- What rules on trial say stands beside what the others say, marked.

-- 1 when the rule was on trial: nobody was told
ALTER TABLE finding ADD COLUMN IF NOT EXISTS shadow UInt8 DEFAULT 0 CODEC(ZSTD(1)) AFTER late;
