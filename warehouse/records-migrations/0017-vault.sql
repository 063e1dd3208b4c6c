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
