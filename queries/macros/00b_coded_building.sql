-- answers: The point of every rental building that has a building code (its first 19 digits): a record that
-- gives only the code lies there.
-- grain: one row per building code
create or replace macro coded_building() as table
select left(building_code, 19) as building_code, min(x) as x, min(y) as y
from rental_building
where building_code is not null
  and x is not null
group by left(building_code, 19);
