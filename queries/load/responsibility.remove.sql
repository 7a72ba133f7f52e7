-- answers: Takes out the responsibilities that the staged file reports anew.
-- params: none
-- returns: none
-- grain: one row per changed row
-- order: none
delete from responsibility
using staged
where staged.region_code = responsibility.region_code and staged.role = responsibility.role and staged.person_no = responsibility.person_no and staged.valid_from = responsibility.valid_from
  and staged.fate = 'changed';
