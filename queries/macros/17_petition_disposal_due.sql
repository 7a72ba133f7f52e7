-- answers: The petitions due for disposal (应处置) in [since, until), carried-over ones included, with whether each was
-- disposed of by the end of the period and whether on time. Due as in petition_due, by the moment of disposal.
-- grain: one row per petition placed at the level
create or replace macro petition_disposal_due(cell_level, on_day, since, until, now, categories) as table
select
    region_id,
    petition_id,
    coalesce(disposed_at, closed_at) < period_end(until, now) as disposed,
    coalesce(disposed_at, closed_at) < period_end(until, now) and coalesce(disposed_at, closed_at) <= due_at as on_time
from petition_in_cell(cell_level, on_day)
where status not in ('rejected', 'merged', 'split')
  and in_categories(category, categories)
  and due_at < period_end(until, now)
  and (due_at >= coalesce(cast(since as date), date '1900-01-01')
       or coalesce(disposed_at, closed_at) is null
       or coalesce(disposed_at, closed_at) >= coalesce(cast(since as date), date '1900-01-01'));
