-- answers: Lets this session take the petitions due for closure from what is kept.
-- params: none
-- returns: none
-- grain: one row per petition and cell
-- order: none
create temp macro petition_due(cell_level, on_day, since, until, now, categories) as table
select *
from petition_due_kept;
