-- answers: Lets this session take the petitions received in the period from what is kept.
-- params: none
-- returns: none
-- grain: one row per petition and cell
-- order: none
create temp macro petition_received(cell_level, on_day, since, until, categories) as table
select *
from petition_received_kept;
