-- answers: How many sealed values there are under each key. Rows set aside that lie plain, as an earlier gridmap kept
-- them, count under generation 0 of their month, which has no key.
-- params: none
-- returns: record_kind varchar, key_id varchar, sealed_values bigint
-- grain: one row per register and key
-- order: record_kind, key_id
with aside as (
    select coalesce(key_id, 'import_set_aside/' || strftime(imported_at, '%Y-%m') || '/0') as key_id
    from import_set_aside
    join import using (import_id)
    where sealed is not null or raw is not null
)
select record_kind, key_id, count(*) as sealed_values
from (
    select record_kind, key_id from personal_value
    union all
    select 'import_set_aside', key_id from aside
)
group by record_kind, key_id
order by record_kind, key_id;
