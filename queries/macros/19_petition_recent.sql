-- answers: The petitions with a point received in the window before the end of a period (setting hot_days, usually 30),
-- with the square they lie in (setting hot_metres, usually 100), for finding what comes back again and again.
-- grain: one row per petition placed at the level
create or replace macro petition_recent(cell_level, on_day, until, now, categories) as table
select
    region_id,
    petition_no,
    category,
    subcategory,
    received_at,
    is_open(status, received_at, closed_at, period_end(until, now)) as still_open,
    floor(x / store_number('hot_metres', 100)) as square_x,
    floor(y / store_number('hot_metres', 100)) as square_y
from petition_in_cell(cell_level, on_day)
where received_at >= period_end(until, now) - to_days(cast(store_number('hot_days', 30) as integer))
  and received_at < period_end(until, now)
  and in_categories(category, categories);
