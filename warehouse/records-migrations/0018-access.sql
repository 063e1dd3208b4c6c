-- Who may do what: three administrators instead of one, what an account was granted beside its role, second
-- factors, failed sign-ins, grants with two persons, wall kiosks and certificates.

UPDATE account SET role = 'system-administrator' WHERE role = 'administrator';

-- Sessions that were open before count as not proven of late.
ALTER TABLE session ADD COLUMN public_id text;
ALTER TABLE session ADD COLUMN proven_at_ms bigint NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN factor text NOT NULL DEFAULT 'password';
ALTER TABLE session ADD COLUMN agent text NOT NULL DEFAULT '';

CREATE TABLE account_access (
  account_id text NOT NULL PRIMARY KEY REFERENCES account (id),
  is_demo integer NOT NULL DEFAULT 0,
  scope text,
  must_change_password integer NOT NULL DEFAULT 0,
  one_time_until_ms bigint,
  totp_secret text,
  totp_since_ms bigint,
  totp_last_step bigint NOT NULL DEFAULT 0
);

CREATE TABLE account_recovery_code (
  account_id text NOT NULL REFERENCES account (id),
  code_hash text NOT NULL,
  PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE sign_in_failure (
  key_hash text NOT NULL PRIMARY KEY,
  failures integer NOT NULL,
  last_at_ms bigint NOT NULL
);
CREATE INDEX sign_in_failure_last ON sign_in_failure (last_at_ms);

CREATE TABLE access_grant (
  id text NOT NULL PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id),
  role text NOT NULL,
  region text NOT NULL,
  scope text,
  reason text NOT NULL,
  asked_by text NOT NULL,
  asked_at_ms bigint NOT NULL,
  state text NOT NULL,
  decided_by text,
  decided_at_ms bigint,
  decision_reason text
);
CREATE INDEX access_grant_account ON access_grant (account_id);
CREATE UNIQUE INDEX access_grant_open ON access_grant (account_id) WHERE state = 'open';

CREATE TABLE kiosk_device (
  id text NOT NULL PRIMARY KEY,
  name text NOT NULL,
  region text NOT NULL,
  code_hash text,
  code_until_ms bigint,
  token_hash text NOT NULL UNIQUE,
  asked_at_ms bigint NOT NULL,
  enrolled_by text,
  enrolled_at_ms bigint,
  revoked_by text,
  revoked_at_ms bigint,
  last_seen_at_ms bigint
);
CREATE UNIQUE INDEX kiosk_device_code ON kiosk_device (code_hash) WHERE code_hash IS NOT NULL;

CREATE TABLE account_certificate (
  fingerprint text NOT NULL PRIMARY KEY,
  account_id text NOT NULL REFERENCES account (id),
  kind text NOT NULL,
  public_key text NOT NULL,
  bound_by text NOT NULL,
  bound_at_ms bigint NOT NULL,
  ended_at_ms bigint
);
CREATE INDEX account_certificate_account ON account_certificate (account_id);

CREATE TABLE certificate_challenge (
  id text NOT NULL PRIMARY KEY,
  fingerprint text NOT NULL,
  challenge text NOT NULL,
  until_ms bigint NOT NULL
);
