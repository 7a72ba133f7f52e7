-- answers: The drafts, with the version and the day each stands on, how many steps it has and who made the last one.
-- params: none
-- returns: draft varchar, title varchar, status varchar, base_cs bigint, base_day date, author varchar, created_at timestamp, revision bigint, last_author varchar, last_at timestamp, published_cs bigint
-- grain: one row per draft
-- order: created_at, draft
with last_step as (
    select draft, revision, author, recorded_at
    from draft_step
    qualify row_number() over (partition by draft order by revision desc) = 1
),
last_rebase as (
    select
        draft,
        max_by((operation ->> 'cs')::bigint, revision) as cs,
        max_by((operation ->> 'day')::date, revision) as on_day
    from draft_step
    where action = 'rebase'
    group by draft
)
select
    draft.draft, title, status,
    coalesce(last_rebase.cs, base_cs) as base_cs,
    coalesce(last_rebase.on_day, base_day) as base_day,
    draft.author, created_at,
    coalesce(last_step.revision, 0) as revision, last_step.author as last_author,
    last_step.recorded_at as last_at, published_cs
from draft
left join last_step on last_step.draft = draft.draft
left join last_rebase on last_rebase.draft = draft.draft
order by created_at, draft.draft;
