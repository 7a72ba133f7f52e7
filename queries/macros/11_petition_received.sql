-- answers: The petitions received in [since, until) with their cell (see petition_in_cell).
-- grain: one row per petition placed at the level
create or replace macro petition_received(cell_level, on_day, since, until, categories) as table
select *
from petition_in_cell(cell_level, on_day)
where received_at >= coalesce(cast(since as date), date '1900-01-01')
  and received_at < coalesce(cast(until as date), date '9999-12-31')
  and in_categories(category, categories);
