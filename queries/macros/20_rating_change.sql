-- answers: The rental buildings with their rating before a period and at its end, both in the cell of its end; no rating
-- in force is 'unrated'. A rank of 1 is the least risk.
-- grain: one row per rental building placed at the level
create or replace macro rating_change(cell_level, on_day, since, until, now) as table
select
    after.region_id,
    after.building_no,
    coalesce(before.rating, 'unrated') as was,
    coalesce(after.rating, 'unrated') as is_now,
    before.rating_rank as rank_before,
    after.rating_rank as rank_after
from building_in_cell(cell_level, coalesce(cast(on_day as date), period_last_day(until, now)), period_end(until, now)) as after
left join building_in_cell(
    cell_level, coalesce(cast(on_day as date), period_last_day(until, now)),
    coalesce(cast(since as timestamp), timestamp '1900-01-01')) as before
  on before.building_no = after.building_no
 and before.region_id = after.region_id;
