-- answers: Records one step of a draft.
-- params: draft text, revision bigint, action text, operation json, change json, stamp text, author text, recorded_at timestamp
-- returns: none
-- grain: one row
-- order: none
insert into draft_step (draft, revision, action, operation, change, stamp, author, recorded_at)
values ($draft, $revision, $action, $operation, $change, $stamp, $author, $recorded_at);
