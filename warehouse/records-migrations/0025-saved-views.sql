-- Views of the workbench somebody keeps under a name. The query is that of the workbench's address.

CREATE TABLE saved_view (
  id text NOT NULL PRIMARY KEY,
  owner text NOT NULL,
  region text NOT NULL,
  title text NOT NULL,
  query text NOT NULL,
  visibility text NOT NULL,
  saved_at_ms bigint NOT NULL
);
CREATE INDEX saved_view_owner ON saved_view (owner, saved_at_ms);
CREATE INDEX saved_view_seen ON saved_view (visibility, region, saved_at_ms);
