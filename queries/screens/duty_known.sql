-- answers: Whether anybody was ever put in charge of anything.
-- params: none
-- returns: known boolean
-- grain: one row
-- order: none
select count(*) > 0 as known
from responsibility;
