-- answers: The leaf cells in each cell of a level on a day.
-- grain: one row per leaf cell and cell it lies in
create or replace macro leaf_in_cell(cell_level, on_day) as table
select ancestry.ancestor_id as region_id, leaf.region_id as leaf_id, leaf.area_m2
from leaf_cell(on_day) as leaf
join ancestry
  on ancestry.region_id = leaf.region_id
 and at_level(ancestry.level, cell_level)
 and ancestry.valid_from <= cast(on_day as date)
 and cast(on_day as date) < ancestry.valid_to;
