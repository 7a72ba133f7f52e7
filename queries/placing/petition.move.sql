-- answers: Notes where petitions just placed lie that do not lie in one region on every day.
-- params: placed table
-- returns: none
-- grain: one row per petition and period
-- order: none
insert into petition_moved
select record_id, region_id, valid_from, valid_to, placed_by
from placed
qualify count(*) over (partition by record_id) > 1;
