-- answers: Lets this session take the rental buildings in their cells from what is kept.
-- params: none
-- returns: none
-- grain: one row per rental building and cell
-- order: none
create temp macro building_located(cell_level, on_day, moment) as table
select region_id, building_id, building_no, category, registered_on, graded
from building_kept;
