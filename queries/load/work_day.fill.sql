-- answers: Writes how many days had been worked before each day.
-- params: work_days table
-- returns: none
-- grain: one row per day
-- order: day
insert into work_day by name
select day, worked_before
from work_days
order by day;
