-- answers: Which import loaded this very content in this very way.
-- params: register text, sha256 text
-- returns: import_id bigint
-- grain: at most one row
-- order: none
select import_id
from import
where register = $register
  and sha256 = $sha256
order by import_id
limit 1;
