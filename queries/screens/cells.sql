-- answers: Which cells of a level were in force on any day from first_day to last_day.
-- params: level text, first_day date, last_day date
-- returns: region_id bigint, level varchar, code varchar, name varchar, parent_id bigint, kind varchar
-- grain: one row per cell
-- order: level, code
select region_id, level, code, name, parent_id, kind
from cells($level, $first_day, $last_day)
order by level, code;
