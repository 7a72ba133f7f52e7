-- answers: Keeps the rental buildings of the excerpt with their cells of every level in one view, rated as at the end of
-- the period, for all measures that ask for it.
-- params: boundaries date, until date, now timestamp
-- returns: none
-- grain: one row per rental building and cell
-- order: none
create temp table building_kept as
select *
from building_in_cell('every', coalesce($boundaries::date, period_last_day($until, $now)), period_end($until, $now))
where region_id <> 0;
