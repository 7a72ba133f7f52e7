-- answers: Keeps in which cells of every level the petitions of the excerpt lie, in one view, for all measures that ask.
-- params: boundaries date
-- returns: none
-- grain: one row per petition and cell
-- order: none
create temp table petition_kept as
select region_id, placed_in, placed_by, petition_id
from petition_placed('every', $boundaries)
where region_id <> 0;
