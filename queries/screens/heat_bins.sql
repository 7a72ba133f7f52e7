-- answers: How many petitions with a point were received in each square of bin_m metres, voided ones left
-- out. A square is at least 100 m wide: no petitioner's point can be read from it.
-- params: region_id bigint, level text, since date, until date, categories text[], bin_m double
-- returns: x double, y double, n bigint
-- grain: one row per square with petitions; x, y = its centre in the metric CRS of the store
-- order: x, y
with side as (
    select greatest($bin_m, 100.0) as m
),
binned as (
    select floor(x / side.m) as bin_column, floor(y / side.m) as bin_row, side.m
    from petition_placed($level, null)
    cross join side
    where region_id = $region_id
      and placed_by = 'point'
      and received_at >= coalesce($since::date, date '1900-01-01')
      and received_at < coalesce($until::date, date '9999-12-31')
      and in_categories(category, $categories)
)
select (bin_column + 0.5) * m as x, (bin_row + 0.5) * m as y, count(*) as n
from binned
group by bin_column, bin_row, m
order by x, y;
