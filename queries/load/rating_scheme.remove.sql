-- answers: Takes out the rating levels that the staged file reports anew.
-- params: none
-- returns: none
-- grain: one row per changed row
-- order: none
delete from rating_scheme
using staged
where staged.scheme = rating_scheme.scheme and staged.level = rating_scheme.level
  and staged.fate = 'changed';
