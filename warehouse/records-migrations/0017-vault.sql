-- The identity vault: who the pseudonymous keys are. Values are sealed one by one, what is looked up by is
-- a keyed hash; nothing here can be read without the keys, which do not lie in the database.

CREATE TABLE vault_key (
  id text NOT NULL PRIMARY KEY,
  state text NOT NULL,
  since_ms bigint NOT NULL
);

CREATE TABLE vault_person (
  subject text NOT NULL PRIMARY KEY,
  county text NOT NULL,
  synthetic integer NOT NULL,
  updated_at_ms bigint NOT NULL
);

CREATE TABLE vault_value (
  subject text NOT NULL,
  field text NOT NULL,
  sealed bytea NOT NULL,
  key_id text NOT NULL,
  updated_at_ms bigint NOT NULL,
  PRIMARY KEY (subject, field)
);
CREATE INDEX vault_value_key ON vault_value (key_id);

CREATE TABLE vault_index (
  subject text NOT NULL,
  field text NOT NULL,
  hash text NOT NULL,
  key_id text NOT NULL,
  PRIMARY KEY (subject, field)
);
CREATE INDEX vault_index_hash ON vault_index (hash, field);
CREATE INDEX vault_index_key ON vault_index (key_id);

CREATE TABLE vault_look (
  id text NOT NULL PRIMARY KEY,
  account_id text NOT NULL,
  persons integer NOT NULL,
  at_ms bigint NOT NULL
);
CREATE INDEX vault_look_account ON vault_look (account_id, at_ms);

CREATE TABLE vault_request (
  id text NOT NULL PRIMARY KEY,
  requested_by text NOT NULL,
  region text NOT NULL,
  subjects text NOT NULL,
  fields text NOT NULL,
  purpose text NOT NULL,
  reason text NOT NULL,
  requested_at_ms bigint NOT NULL,
  state text NOT NULL,
  decided_by text,
  decided_at_ms bigint,
  until_ms bigint NOT NULL
);
CREATE INDEX vault_request_state ON vault_request (state, until_ms);

-- Packages between sites: what was sent, what was taken in and how to take it back, orders on their way to
-- the log.

CREATE TABLE package_export (
  id text NOT NULL PRIMARY KEY,
  receiver text NOT NULL,
  sequence bigint NOT NULL,
  made_at_ms bigint NOT NULL
);
CREATE UNIQUE INDEX package_export_sequence ON package_export (receiver, sequence);

CREATE TABLE package_import (
  id text NOT NULL PRIMARY KEY,
  sender text NOT NULL,
  sequence bigint NOT NULL,
  orders integer NOT NULL,
  identities integer NOT NULL,
  applied_at_ms bigint NOT NULL,
  undone_at_ms bigint,
  undo bytea NOT NULL
);
CREATE INDEX package_import_sender ON package_import (sender, sequence);

CREATE TABLE package_order (
  id text NOT NULL PRIMARY KEY,
  package_id text NOT NULL,
  fact text NOT NULL,
  state text NOT NULL,
  at_ms bigint NOT NULL
);
CREATE INDEX package_order_waiting ON package_order (at_ms) WHERE state IN ('waiting', 'handing');
CREATE INDEX package_order_package ON package_order (package_id);
