-- When an officer last answered a test on the number we have; a duty roster counts on tried numbers only.

ALTER TABLE officer ADD COLUMN phone_verified_at_ms bigint;
