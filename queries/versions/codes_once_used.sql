-- answers: Which of these codes a region has or ever had, as believed today.
-- params: codes text[]
-- returns: code varchar
-- grain: one row per code
-- order: code
select distinct code
from believed()
where code in (select unnest($codes))
order by code;
