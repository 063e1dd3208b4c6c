-- Reports as they were made, and every file that was taken of one. Both tables are only ever added to.

CREATE TABLE report (
  id text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  from_ms bigint NOT NULL,
  until_ms bigint NOT NULL,
  region text NOT NULL,
  is_whole integer NOT NULL,
  origin text NOT NULL,
  content_hash text NOT NULL,
  body text NOT NULL,
  made_by text NOT NULL,
  purpose text NOT NULL,
  made_at_ms bigint NOT NULL
);
CREATE INDEX report_region ON report (region, made_at_ms);

CREATE TABLE report_file (
  id text NOT NULL PRIMARY KEY,
  report_id text NOT NULL REFERENCES report (id),
  format text NOT NULL,
  content_hash text NOT NULL,
  taken_by text NOT NULL,
  purpose text NOT NULL,
  taken_at_ms bigint NOT NULL
);
CREATE INDEX report_file_report ON report_file (report_id, taken_at_ms);
