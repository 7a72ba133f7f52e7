-- answers: Lets this session take the rental buildings in their cells, with their ratings, from what is kept.
-- params: none
-- returns: none
-- grain: one row per rental building and cell
-- order: none
create temp macro building_in_cell(cell_level, on_day, moment) as table
select *
from building_kept;
