-- answers: Which changesets were recorded before an earlier one, or under a number that skips one?
-- params: none
-- returns: subject varchar, amount bigint, example varchar
-- grain: one row per changeset
-- order: subject
with run as (
    select
        cs, title, recorded_at,
        lag(cs) over (order by cs) as cs_before,
        lag(recorded_at) over (order by cs) as recorded_before
    from changeset
)
select 'changeset ' || cs as subject, cast(1 as bigint) as amount, title as example
from run
where recorded_at <= recorded_before
   or cs <> coalesce(cs_before, 0) + 1
order by subject;
