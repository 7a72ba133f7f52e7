-- answers: The last inspection of each rental building before a moment.
-- grain: one row per inspected building
create or replace macro inspected_before(moment) as table
select building_no, max(inspected_at) as last_inspected_at
from inspection
where inspected_at < cast(moment as timestamp)
group by building_no;
