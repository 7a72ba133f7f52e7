-- answers: Who stands on the notice board of a cell: the people of cells on a day, in their roles. Telephone numbers in
-- full only when the board is to carry them, which is what it is for.
-- params: codes text[], on_day date, in_full boolean
-- returns: region_code varchar, role varchar, duty varchar, person_name varchar, phone varchar
-- grain: one row per cell, role and person
-- order: region_code, role, person_name
select
    region_code,
    role,
    duty,
    person_name,
    case
        when $in_full then phone
        when length(phone) >= 7 then left(phone, 3) || repeat('*', length(phone) - 7) || right(phone, 4)
        when phone is not null then repeat('*', length(phone))
    end as phone
from responsibility
left join person using (person_no)
where list_contains($codes, region_code)
  and valid_from <= $on_day
  and $on_day < valid_to
order by region_code, role, person_name;
