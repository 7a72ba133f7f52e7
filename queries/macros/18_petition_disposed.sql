-- answers: The petitions disposed of in [since, until) with the time from filing to disposal: in calendar days, and
-- in working days (the days worked after that of filing, up to that of disposal).
-- Those disposed of before they were filed are faults of the source and left out.
-- grain: one row per petition placed at the level
create or replace macro petition_disposed(cell_level, on_day, since, until, now, categories) as table
select
    petition.region_id,
    date_diff('second', petition.filed_at, petition.disposed_at) / 86400.0 as calendar_days,
    (after_disposal.worked_before - after_filing.worked_before)::double as working_days
from petition_in_cell(cell_level, on_day) as petition
left join work_day as after_filing on after_filing.day = cast(petition.filed_at as date) + 1
left join work_day as after_disposal on after_disposal.day = cast(petition.disposed_at as date) + 1
where petition.disposed_at >= petition.filed_at
  and petition.disposed_at >= coalesce(cast(since as date), date '1900-01-01')
  and petition.disposed_at < period_end(until, now)
  and in_categories(petition.category, categories);
