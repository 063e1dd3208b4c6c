-- Seals. Of files that left: signed when the entry of the ledger is made, with the time stamp of an authority once
-- one was given. Entries of older versions have none.

CREATE TABLE export_seal (
  number text NOT NULL PRIMARY KEY,
  seal text NOT NULL,
  stamped_at_ms bigint
);

-- What decides the rights of an account as it was when two persons gave them, with an HMAC whose key is not here.
CREATE TABLE account_seal (
  account_id text NOT NULL PRIMARY KEY,
  sealed text NOT NULL,
  seal text NOT NULL
);
