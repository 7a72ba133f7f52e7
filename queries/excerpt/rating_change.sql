-- answers: Lets this session take the changes of ratings from what is kept.
-- params: none
-- returns: none
-- grain: one row per rental building and cell
-- order: none
create temp macro rating_change(cell_level, on_day, since, until, now) as table
select *
from rating_change_kept;
