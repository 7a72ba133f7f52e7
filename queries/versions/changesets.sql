-- answers: All changesets, with how many regions each began, changed and ended, and by which it was taken back.
-- params: none
-- returns: cs bigint, title varchar, kind varchar, effective_on date, recorded_at timestamp, author varchar, approved_by varchar, document varchar, reverts bigint, reverted_by bigint, draft varchar, created bigint, changed bigint, ended bigint
-- grain: one row per changeset
-- order: cs
with opened as (
    select cs_open as cs, region_id, max(valid_to) as valid_to
    from region_version
    group by cs_open, region_id
),
closed as (
    select distinct cs_close as cs, region_id
    from region_version
    where cs_close is not null
),
first_seen as (
    select region_id, min(cs_open) as cs
    from region_version
    group by region_id
),
fate as (
    select
        coalesce(opened.cs, closed.cs) as cs,
        case
            when first_seen.cs = opened.cs then 'created'
            when opened.valid_to = date '9999-12-31' then 'changed'
            else 'ended'
        end as became
    from opened
    full join closed on closed.cs = opened.cs and closed.region_id = opened.region_id
    join first_seen on first_seen.region_id = coalesce(opened.region_id, closed.region_id)
),
counted as (
    select
        cs,
        count(*) filter (became = 'created') as created,
        count(*) filter (became = 'changed') as changed,
        count(*) filter (became = 'ended') as ended
    from fate
    group by cs
),
taken_back as (
    select reverts as cs, max(cs) as reverted_by
    from changeset
    where reverts is not null
    group by reverts
)
select
    changeset.cs, title, kind, effective_on, recorded_at, author, approved_by, document, reverts,
    taken_back.reverted_by, draft,
    coalesce(created, 0) as created, coalesce(changed, 0) as changed, coalesce(ended, 0) as ended
from changeset
left join counted on counted.cs = changeset.cs
left join taken_back on taken_back.cs = changeset.cs
order by changeset.cs;
