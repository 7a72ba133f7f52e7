-- answers: How the records of each register are placed today.
-- params: on_day date
-- returns: record_kind varchar, placed_by varchar, reason varchar, records bigint
-- grain: one row per register, way of placing and reason
-- order: record_kind, placed_by, reason
select record_kind, placed_by, reason, count(*) as records
from place
where valid_from <= $on_day
  and $on_day < valid_to
group by all
order by all;
