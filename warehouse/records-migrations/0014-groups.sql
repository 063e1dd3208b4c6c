-- Alerts of several persons in one notice. How an alert may be grouped is frozen with its route; a notice says
-- of which group it is and what it waits for, which notice carries it, and how many alerts it speaks of.

ALTER TABLE alert ADD COLUMN group_terms text;
ALTER TABLE outbox ADD COLUMN group_key text;
ALTER TABLE outbox ADD COLUMN group_until_ms bigint;
ALTER TABLE outbox ADD COLUMN carried_by text;
ALTER TABLE outbox ADD COLUMN carries integer;

CREATE INDEX outbox_group ON outbox (group_key, recipient, channel) WHERE group_key IS NOT NULL;
CREATE INDEX outbox_carried ON outbox (carried_by) WHERE carried_by IS NOT NULL;
