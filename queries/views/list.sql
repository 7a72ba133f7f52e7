-- answers: The views that somebody keeps.
-- params: owner text
-- returns: name varchar, page varchar, address varchar, saved_at timestamp
-- grain: one row per view
-- order: name
select name, page, address, saved_at
from saved_view
where owner = $owner
order by name;
