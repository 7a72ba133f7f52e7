-- answers: Of which drafts are steps missing, or is the version they became?
-- params: none
-- returns: subject varchar, amount bigint, example varchar
-- grain: one row per draft
-- order: subject
with logged as (
    select draft, count(*) as steps, max(revision) as last_revision
    from draft_step
    group by draft
)
select
    'draft ' || coalesce(draft.draft, logged.draft) as subject,
    abs(coalesce(last_revision, 0) - coalesce(steps, 0)) as amount,
    status as example
from draft
full join logged on logged.draft = draft.draft
where draft.draft is null
   or steps <> last_revision
   or (status = 'published') <> (published_cs is not null and published_cs in (select cs from changeset))
order by subject;
