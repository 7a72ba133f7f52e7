-- answers: The cells of a level in force on any day from first_day to last_day, named as they were last.
-- Level 'total' has one cell, 0: the whole store.
-- grain: one row per cell
create or replace macro cells(cell_level, first_day, last_day) as table
select region_id, level, code, name, parent_id, kind
from believed()
where level = cell_level
  and valid_from <= cast(last_day as date)
  and cast(first_day as date) < valid_to
qualify row_number() over (partition by region_id order by valid_from desc) = 1
union all
select 0, 'total', '', '', null, 'base'
where cell_level = 'total';
