-- answers: For which of these codes somebody is in charge on a day.
-- params: codes text[], on_day date
-- returns: code varchar
-- grain: one row per code
-- order: code
select distinct region_code as code
from responsibility
where region_code in (select unnest($codes))
  and valid_from <= $on_day
  and $on_day < valid_to
order by code;
