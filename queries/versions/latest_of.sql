-- answers: Which of these regions begin, change or end after a day, so that a change from that day would rewrite it.
-- params: region_ids bigint[], on_day date
-- returns: region_id bigint, code varchar, changes_on date
-- grain: one row per region and later version
-- order: code, changes_on
select
    region_id,
    code,
    case when valid_from > $on_day then valid_from else valid_to end as changes_on
from believed()
where region_id in (select unnest($region_ids))
  and (valid_from > $on_day or (valid_to > $on_day and valid_to < date '9999-12-31'))
order by code, changes_on;
