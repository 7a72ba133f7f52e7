-- answers: The land of each cell of a level on a day.
-- grain: one row per cell with land
create or replace macro area_in_cell(cell_level, on_day) as table
select ancestry.ancestor_id as region_id, sum(leaf.area_m2) as area_m2
from leaf_cell(on_day) as leaf
join ancestry
  on ancestry.region_id = leaf.region_id
 and at_level(ancestry.level, cell_level)
 and ancestry.valid_from <= cast(on_day as date)
 and cast(on_day as date) < ancestry.valid_to
group by ancestry.ancestor_id;
