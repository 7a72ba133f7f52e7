-- answers: From which day to which day there are petitions.
-- params: none
-- returns: first_day date, last_day date
-- grain: one row; nulls when there are none
-- order: none
select min(received_at)::date as first_day, max(received_at)::date as last_day
from petition
where status <> 'void';
