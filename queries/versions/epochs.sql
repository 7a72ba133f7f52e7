-- answers: On which days the leaf cells changed.
-- params: none
-- returns: day date
-- grain: one row per day
-- order: day
select distinct valid_from as day
from believed()
where geom is not null
order by day;
