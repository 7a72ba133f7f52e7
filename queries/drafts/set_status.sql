-- answers: Notes that a draft was published, as which version, or dropped.
-- params: draft text, status text, published_cs bigint
-- returns: none
-- grain: one row
-- order: none
update draft
set status = $status, published_cs = $published_cs
where draft = $draft;
