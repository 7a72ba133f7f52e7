-- answers: What one setting of the store says.
-- params: key text
-- returns: value varchar
-- grain: at most one row
-- order: none
select value
from store_setting
where key = $key;
