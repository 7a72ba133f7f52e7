-- answers: What is on the rise: cells and categories that received more petitions in the last days than in
-- as many days of the eight spans before, on average. In the boundaries of today.
-- params: level text, now timestamp, days integer, fewest bigint
-- returns: region_id bigint, category varchar, n bigint, expected double, excess double
-- grain: one row per cell and category with at least `fewest` petitions in the last days
-- order: excess desc, n desc, region_id, category
with counted as (
    select
        region_id,
        category,
        count(*) filter (received_at >= $now::timestamp - to_days($days::integer)) as n,
        count(*) filter (received_at < $now::timestamp - to_days($days::integer)) / 8.0 as expected
    from petition_in_cell($level, $now::date)
    where received_at >= $now::timestamp - to_days(9 * $days::integer)
      and received_at < $now::timestamp
    group by region_id, category
)
select region_id, category, n, expected, (n - expected) / sqrt(greatest(expected, 1)) as excess
from counted
where n >= $fewest and n > expected
order by excess desc, n desc, region_id, category;
