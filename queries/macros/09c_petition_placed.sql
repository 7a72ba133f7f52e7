-- answers: The petitions with the cell of a level each lies in, the region it was placed in itself and how
-- (see petition_located), the whole store at level 'total'. Void petitions are left out.
-- grain: one row per petition placed at the level
create or replace macro petition_placed(cell_level, on_day) as table
select 0 as region_id, located.*
from petition_located(on_day) as located
where at_level('total', cell_level)
union all
select ancestry.ancestor_id, located.*
from petition_located(on_day) as located
join ancestry
  on ancestry.region_id = located.placed_in
 and at_level(ancestry.level, cell_level)
 and ancestry.level <> 'total'
where cell_level <> 'total'
  and ((ancestry.valid_from = date '1900-01-01' and ancestry.valid_to = date '9999-12-31')  -- most: no day to compare
       or in_force(ancestry.valid_from, ancestry.valid_to,
                   coalesce(cast(on_day as date), cast(located.received_at as date))));
