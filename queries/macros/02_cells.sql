-- answers: The cells of a level in force on any day from first_day to last_day, named as they were last.
-- Level 'total' has one cell, 0: the whole store; level 'every' has the cells of all levels.
-- grain: one row per cell
create or replace macro cells(cell_level, first_day, last_day) as table
select region_id, level, code, name, parent_id, kind
from believed()
where at_level(level, cell_level)
  and valid_from <= cast(last_day as date)
  and cast(first_day as date) < valid_to
qualify row_number() over (partition by region_id order by valid_from desc) = 1
union all
select 0, 'total', '', '', null, 'base'
where at_level('total', cell_level);
