-- answers: Which regions of every level each region belongs to on a day, itself included; region 0 is the whole store.
-- params: on_day date
-- returns: region_id bigint, ancestor_id bigint
-- grain: one row per region and level
-- order: region_id, ancestor_id
select region_id, ancestor_id
from ancestry
where level <> 'total'
  and valid_from <= $on_day
  and $on_day < valid_to
union all
select region_id, 0
from believed()
where valid_from <= $on_day
  and $on_day < valid_to
union all
select 0, 0
order by region_id, ancestor_id;
