-- answers: The petitions closed in [since, until) with their handling time in calendar days.
-- Those closed before they were received are faults of the source and left out; data health lists them.
-- grain: one row per petition placed at the level
create or replace macro petition_handled(cell_level, on_day, since, until, now, categories) as table
select region_id, date_diff('second', received_at, closed_at) / 86400.0 as handling_days
from petition_in_cell(cell_level, on_day)
where status = 'closed'
  and closed_at >= received_at
  and closed_at >= coalesce(cast(since as date), date '1900-01-01')
  and closed_at < period_end(until, now)
  and in_categories(category, categories);
