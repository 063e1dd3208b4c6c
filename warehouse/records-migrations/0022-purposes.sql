-- One list of purposes: requests that wait say theirs in its codes. The audit trail is never rewritten and keeps
-- the codes of its time.
UPDATE vault_request SET purpose = 'daily-supervision' WHERE purpose = 'contact';
UPDATE vault_request SET purpose = 'daily-supervision' WHERE purpose = 'document';
UPDATE vault_request SET purpose = 'alert-handling' WHERE purpose = 'handle-alert';
UPDATE vault_request SET purpose = 'rights-request' WHERE purpose = 'own-request';
UPDATE vault_request SET purpose = 'daily-supervision' WHERE purpose = 'verify-identity';
