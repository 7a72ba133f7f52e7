-- answers: What was done in a draft after a revision.
-- params: draft text, revision bigint
-- returns: revision bigint, action varchar, operation json, change json, stamp varchar, author varchar, recorded_at timestamp
-- grain: one row per step
-- order: revision
select revision, action, operation, change, stamp, author, recorded_at
from draft_step
where draft = $draft
  and revision > $revision
order by revision;
