-- answers: Who stands on the notice board of a cell: the people of cells on a day, in their roles, by number.
-- params: codes text[], on_day date
-- returns: region_code varchar, role varchar, duty varchar, person_no varchar
-- grain: one row per cell, role and person
-- order: region_code, role, person_no
select region_code, role, duty, person_no
from responsibility
where list_contains($codes, region_code)
  and valid_from <= $on_day
  and $on_day < valid_to
order by region_code, role, person_no;
