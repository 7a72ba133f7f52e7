-- answers: The latest version of each of these regions that begins after a day, which a change from that day would rewrite.
-- params: region_ids bigint[], on_day date
-- returns: region_id bigint, code varchar, valid_from date
-- grain: one row per region
-- order: code
select region_id, code, valid_from
from believed()
where region_id in (select unnest($region_ids))
  and valid_from > $on_day
order by code;
