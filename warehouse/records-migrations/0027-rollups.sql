-- Which days of the warehouse's roll-ups may be read, and which must be counted again because something was
-- written about them. Names nobody.

CREATE TABLE rollup_day (
  rollup text NOT NULL,
  day bigint NOT NULL,
  generation bigint NOT NULL,
  marked_at_ms bigint NOT NULL,
  version bigint,
  counted_generation bigint,
  counted_at_ms bigint,
  PRIMARY KEY (rollup, day)
);

CREATE TABLE rollup_state (
  rollup text NOT NULL PRIMARY KEY,
  attempt bigint NOT NULL,
  forgotten_rows bigint NOT NULL
);
