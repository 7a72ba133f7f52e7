-- answers: Believes from now on that what holds for these regions on a day ends on it; the part before it stays.
-- params: region_ids bigint[], on_day date, recorded_at timestamp, cs bigint
-- returns: none
-- grain: one row per region whose version began before the day
-- order: none
insert into region_version
select * replace ($on_day as valid_to, $recorded_at as tx_from, $cs as cs_open)
from believed()
where region_id in (select unnest($region_ids))
  and valid_to > $on_day
  and valid_from < $on_day;
