-- answers: Who is in charge of cells on a day, by number: names and telephones are sealed elsewhere.
-- params: codes text[], on_day date
-- returns: region_code varchar, role varchar, duty varchar, person_no varchar, valid_to date
-- grain: one row per cell, role and person
-- order: region_code desc, role, person_no
select region_code, role, duty, person_no, valid_to
from responsibility
where list_contains($codes, region_code)
  and valid_from <= $on_day
  and $on_day < valid_to
order by region_code desc, role, person_no;
