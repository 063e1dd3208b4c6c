-- Seals of files that left: signed when the entry of the ledger is made, with the time stamp of an authority once
-- one was given. Entries of older versions have none.

CREATE TABLE export_seal (
  number text NOT NULL PRIMARY KEY,
  seal text NOT NULL,
  stamped_at_ms bigint
);
