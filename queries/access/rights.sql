-- answers: Which rights an account has on a day.
-- params: account text, on_day date
-- returns: role varchar, region_id bigint
-- grain: one row per role and region
-- order: role, region_id
select distinct role, region_id
from account_right
where account = $account
  and valid_from <= $on_day
  and $on_day < valid_to
order by role, region_id;
