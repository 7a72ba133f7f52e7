-- answers: The rental buildings with cell and rating (see building_in_cell) and the last inspection before the moment.
-- grain: one row per rental building placed at the level
create or replace macro building_inspected(cell_level, on_day, moment) as table
select building.*, inspected.last_inspected_at
from building_in_cell(cell_level, on_day, moment) as building
left join inspected_before(moment) as inspected on inspected.building_no = building.building_no;
