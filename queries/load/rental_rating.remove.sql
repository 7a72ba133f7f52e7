-- answers: Takes out the ratings that the staged file reports anew.
-- params: none
-- returns: none
-- grain: one row per changed row
-- order: none
delete from rental_rating
using staged
where staged.building_no = rental_rating.building_no and staged.valid_from = rental_rating.valid_from
  and staged.fate = 'changed';
