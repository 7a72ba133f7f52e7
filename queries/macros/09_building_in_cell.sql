-- answers: The rental buildings with their cell on a day (see building_located) and the rating in force at a moment.
-- grain: one row per rental building placed at the level
create or replace macro building_in_cell(cell_level, on_day, moment) as table
select building.*, rated.* exclude (building_no)
from building_located(cell_level, on_day, moment) as building
left join rating_at(moment) as rated on rated.building_no = building.building_no;
