-- answers: How the records of one import are placed on a day.
-- params: record_kind text, records table, on_day date
-- returns: placed_by varchar, reason varchar, records bigint
-- grain: one row per way of placing and reason
-- order: placed_by, reason
select placed_by, reason, count(*) as records
from place
where record_kind = $record_kind
  and record_id in (select record_id from records)
  and valid_from <= $on_day
  and $on_day < valid_to
group by all
order by all;
