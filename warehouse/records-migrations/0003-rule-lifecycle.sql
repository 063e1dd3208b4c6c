-- Which version of a rule is in force, by whose act. All three tables are only ever added to.

CREATE TABLE rule_proposal (
  id text NOT NULL PRIMARY KEY,
  pack_id text NOT NULL,
  rule_id text NOT NULL,
  rule_version text NOT NULL,
  status text NOT NULL,
  follows text NOT NULL,
  proposed_by text NOT NULL,
  reason text NOT NULL,
  proposed_at_ms bigint NOT NULL
);
CREATE INDEX rule_proposal_rule ON rule_proposal (pack_id, rule_id);

CREATE TABLE backtest_report (
  id text NOT NULL PRIMARY KEY,
  body text NOT NULL,
  saved_at_ms bigint NOT NULL
);

CREATE TABLE rule_activation (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  pack_id text NOT NULL,
  rule_id text NOT NULL,
  rule_version text NOT NULL,
  status text NOT NULL,
  proposed_by text NOT NULL,
  approved_by text NOT NULL,
  report_id text REFERENCES backtest_report (id),
  reason text NOT NULL,
  at_ms bigint NOT NULL
);
CREATE INDEX rule_activation_rule ON rule_activation (pack_id, rule_id, seq);
