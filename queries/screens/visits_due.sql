-- answers: The priority targets of a cell whose visit of this month is still due: pseudonyms only.
-- params: region_id bigint, level text, now timestamp
-- returns: target_no varchar, last_visited_on date, due_on date, days_left bigint
-- grain: one row per priority target not visited yet in the month of now
-- order: last_visited_on nulls first, target_no
with bounds as (
    select
        date_trunc('month', $now::timestamp)::date as first_day,
        (date_trunc('month', $now::timestamp) + interval 1 month)::date - 1 as last_day
),
made as (
    select target_no, max(visited_on) as last_visited_on
    from visit
    where visited_on <= $now::date
    group by target_no
)
select target.target_no, made.last_visited_on, last_day as due_on, date_diff('day', $now::date, last_day) as days_left
from visit_target as target
cross join bounds
join record_in_cell('visit_target', $level) as cell
  on cell.record_id = target.record_id
 and in_force(cell.valid_from, cell.valid_to, $now::date)
left join made using (target_no)
where cell.region_id = $region_id
  and target.tier = 'priority'
  and target.valid_from <= first_day
  and target.valid_to > last_day
  and (made.last_visited_on is null or made.last_visited_on < first_day)
order by last_visited_on nulls first, target.target_no;
