-- answers: Lets this session take the cells of petitions from what is kept.
-- params: none
-- returns: none
-- grain: one row per petition and cell
-- order: none
create temp macro petition_in_cell(cell_level, on_day) as table
select petition_kept.region_id, petition.*
from petition_kept
join petition on petition.petition_id = petition_kept.petition_id;
