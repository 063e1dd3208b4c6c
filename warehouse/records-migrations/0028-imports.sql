-- What was imported from whose file into the warehouse, how far it has come, and whether it was taken back.
-- What analysts asked in SQL.

CREATE TABLE data_import (
  id text NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  file_name text NOT NULL,
  digest text NOT NULL,
  mapping text NOT NULL,
  state text NOT NULL,
  pieces bigint NOT NULL,
  row_count bigint NOT NULL,
  refused bigint NOT NULL,
  imported_by text NOT NULL,
  started_at_ms bigint NOT NULL,
  ended_at_ms bigint,
  undone_by text
);
CREATE INDEX data_import_started ON data_import (started_at_ms);

CREATE TABLE sql_statement (
  id text NOT NULL PRIMARY KEY,
  account_id text NOT NULL,
  statement text NOT NULL,
  purpose text NOT NULL,
  outcome text NOT NULL,
  row_count bigint NOT NULL,
  duration_ms bigint NOT NULL,
  at_ms bigint NOT NULL
);
CREATE INDEX sql_statement_account ON sql_statement (account_id, at_ms);
