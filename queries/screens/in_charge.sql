-- answers: Who is in charge of cells on a day. Of a telephone number only the ends are told.
-- params: codes text[], on_day date
-- returns: region_code varchar, role varchar, duty varchar, person_name varchar, phone varchar, valid_to date
-- grain: one row per cell, role and person
-- order: region_code desc, role, person_name
select
    region_code,
    role,
    duty,
    person_name,
    case
        when length(phone) >= 7 then left(phone, 3) || repeat('*', length(phone) - 7) || right(phone, 4)
        when phone is not null then repeat('*', length(phone))
    end as phone,
    valid_to
from responsibility
left join person using (person_no)
where list_contains($codes, region_code)
  and valid_from <= $on_day
  and $on_day < valid_to
order by region_code desc, role, person_name;
