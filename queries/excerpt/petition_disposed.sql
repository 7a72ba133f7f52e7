-- answers: Lets this session take the petitions disposed of, with the time it took, from what is kept.
-- params: none
-- returns: none
-- grain: one row per petition and cell
-- order: none
create temp macro petition_disposed(cell_level, on_day, since, until, now, categories) as table
select *
from petition_disposed_kept;
