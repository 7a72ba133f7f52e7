-- answers: The rated rental buildings of a cell with the day their next inspection is due, the most overdue first.
-- Due is one interval of the rating after the last inspection, or after the rating where there was none since.
-- params: region_id bigint, level text, now timestamp, within_days integer
-- returns: building_no varchar, rating varchar, rating_rank integer, last_inspected_at timestamp, due_on date, days_over bigint, x double, y double
-- grain: one row per building due within the days
-- order: due_on, rating_rank desc, building_no
with rated as (
    select
        building_id, building_no, rating, rating_rank, last_inspected_at,
        (greatest(coalesce(last_inspected_at, rated_from), rated_from::timestamp) + to_days(interval_days))::date as due_on
    from building_inspected($level, $now::date, $now::timestamp)
    where region_id = $region_id
      and interval_days is not null
)
select
    rated.building_no, rating, rating_rank, last_inspected_at, due_on,
    date_diff('day', due_on, $now::date) as days_over,
    building.x, building.y
from rated
join rental_building as building using (building_id)
where due_on <= $now::date + $within_days::integer
order by due_on, rating_rank desc, rated.building_no;
