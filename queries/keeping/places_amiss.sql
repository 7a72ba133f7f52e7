-- answers: Of which registers do the places not fill all time, once for every record?
-- params: kinds text[]
-- returns: subject varchar, amount bigint, example varchar
-- grain: one row per register
-- order: subject
with placed as (
    select
        record_kind, record_id,
        min(valid_from) as since, max(valid_to) as until, sum(valid_to - valid_from) as days
    from place
    group by all
),
held as (
    select record_kind, record_id
    from record_row()
    where list_contains($kinds, record_kind)
)
select
    coalesce(held.record_kind, placed.record_kind) as subject,
    count(*) as amount,
    cast(min(coalesce(held.record_id, placed.record_id)) as varchar) as example
from held
full join placed on placed.record_kind = held.record_kind and placed.record_id = held.record_id
where held.record_id is null
   or placed.record_id is null
   or since <> date '1900-01-01'
   or until <> date '9999-12-31'
   or days <> until - since
group by coalesce(held.record_kind, placed.record_kind)
order by subject;
