-- answers: Keeps the state of the ratings of rental buildings that the staged file reports anew.
-- params: import_id bigint, replaced_at timestamp
-- returns: none
-- grain: one row per changed rating
-- order: none
insert into rental_rating_past by name
select rental_rating.*, $replaced_at as replaced_at, $import_id as replaced_by
from rental_rating
where exists (
    select 1
    from staged
    where staged.building_no = rental_rating.building_no and staged.valid_from = rental_rating.valid_from
      and staged.fate = 'changed'
);
