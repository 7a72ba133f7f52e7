-- answers: Which petitions are noted to lie in another cell than the list of places says?
-- params: none
-- returns: subject varchar, amount bigint, example varchar
-- grain: one row, none when all agree
-- order: none
with placed as (
    select record_id, case when count(*) = 1 then any_value(region_id) end as region_id
    from place
    where record_kind = 'petition'
    group by record_id
)
select 'petition' as subject, count(*) as amount, min(petition_no) as example
from petition
join placed on placed.record_id = petition_id
where settled_in is distinct from region_id
having count(*) > 0;
