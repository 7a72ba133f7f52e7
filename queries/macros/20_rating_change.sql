-- answers: The rental buildings with their rating before a period and at its end, both in the cell of its end; no rating
-- in force, or no building yet, is 'unrated'. A rank of 1 is the least risk.
-- grain: one row per rental building placed at the level
create or replace macro rating_change(cell_level, on_day, since, until, now) as table
with joined as (
    select
        after.region_id,
        after.building_no,
        after.rating as is_now,
        after.rating_rank as rank_after,
        before.rating as was,
        before.rating_rank as rank_before,
        -- not in the join: a condition on the left side alone makes DuckDB compare every row with every other
        coalesce(after.registered_on < coalesce(cast(since as date), date '1900-01-01'), true) as was_there
    from building_in_cell(cell_level, coalesce(cast(on_day as date), period_last_day(until, now)), period_end(until, now)) as after
    left join rating_at(coalesce(cast(since as timestamp), timestamp '1900-01-01')) as before
      on before.building_no = after.building_no
)
select
    region_id,
    building_no,
    coalesce(case when was_there then was end, 'unrated') as was,
    coalesce(is_now, 'unrated') as is_now,
    case when was_there then rank_before end as rank_before,
    rank_after
from joined;
