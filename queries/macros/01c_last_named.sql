-- answers: The code and name that regions had last, as believed today: of one level without its unassigned land, or of
-- all regions when no level is given.
-- grain: one row per region
create or replace macro last_named(cell_level) as table
select region_id, arg_max(code, valid_from) as code, arg_max(name, valid_from) as name
from believed()
where cell_level is null
   or (level = cell_level and kind <> 'unassigned')
group by region_id;
