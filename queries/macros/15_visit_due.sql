-- answers: The monthly visits due to priority targets (重点关心) in [since, until) with their cell, and whether each was
-- made. Due is every whole calendar month inside the period that has ended and in which the target was listed
-- throughout; "then" is the last day of the month.
-- grain: one row per target, month and cell
create or replace macro visit_due(cell_level, on_day, since, until, now) as table
with listed as (
    select min(valid_from) as first_day
    from visit_target
),
first_month as (
    select greatest(coalesce(cast(since as date), date '1900-01-01'), first_day) as first_day
    from listed
),
months as (
    select unnest(generate_series(
        date_trunc('month', first_day - 1) + interval 1 month,
        date_trunc('month', period_end(until, now)) - interval 1 month,
        interval 1 month))::date as month
    from first_month
),
due as (
    select target.record_id, target.target_no, months.month, (months.month + interval 1 month)::date as ends
    from visit_target as target
    cross join months
    where target.tier = 'priority'
      and target.valid_from <= months.month
      and months.month + interval 1 month <= target.valid_to
),
made as (
    select distinct target_no, date_trunc('month', visited_on)::date as month
    from visit
    where target_no in (select target_no from due)
)
select cell.region_id, due.target_no, due.month, made.month is not null as visited
from due
join record_in_cell('visit_target', cell_level) as cell on cell.record_id = due.record_id
left join made on made.target_no = due.target_no and made.month = due.month
where in_force(cell.valid_from, cell.valid_to, coalesce(cast(on_day as date), due.ends - 1));
