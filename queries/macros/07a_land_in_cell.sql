-- answers: The leaf land of each cell of a level on a day, and how much of it has somebody in charge.
-- grain: one row per cell with land
create or replace macro land_in_cell(cell_level, on_day) as table
select
    inside.region_id,
    sum(inside.area_m2) as area_m2,
    sum(case when leaf.duty = 'in_charge' then inside.area_m2 else 0 end) as in_charge_m2
from leaf_in_cell(cell_level, on_day) as inside
join leaf_duty(on_day) as leaf on leaf.region_id = inside.leaf_id
group by inside.region_id;
