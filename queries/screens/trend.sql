-- answers: Petitions received and closed in a cell over time, and of those due for closure in each step, carried-over
-- ones included, how many were closed on time; in steps of a day, a week (from Monday) or a month.
-- params: region_id bigint, level text, boundaries date, since date, until date, now timestamp, categories text[], step text
-- returns: step_from date, received bigint, closed bigint, due bigint, on_time bigint
-- grain: one row per step with petitions received, closed or due
-- order: step_from
with own as (
    select received_at, closed_at, closed_on_time, due_at, status, category
    from petition_in_cell($level, $boundaries)
    where region_id = $region_id
      and in_categories(category, $categories)
),
bounds as (
    select
        coalesce($since::date, date '1900-01-01') as first_day,
        coalesce($until::date, date '9999-12-31') as end_day,
        period_end($until, $now) as last_moment
),
received as (
    select date_trunc($step, received_at)::date as step_from, count(*) as received
    from own cross join bounds
    where received_at >= first_day and received_at < end_day
    group by all
),
closed as (
    select date_trunc($step, closed_at)::date as step_from, count(*) as closed
    from own cross join bounds
    where status = 'closed' and closed_at >= first_day and closed_at < last_moment
    group by all
),
wanted as (  -- what petition_due holds for each step, see there
    select
        coalesce(due_at, received_at) as since_at,
        case when due_at is null or (status = 'closed' and closed_at <= due_at) then since_at
             when status = 'closed' then coalesce(closed_at, due_at)
             else last_moment - interval 1 microsecond
        end as until_at,
        case when due_at is null then closed_on_time
             when closed_at is null then status = 'closed' and coalesce(closed_on_time, false)
             else closed_at <= due_at
        end as on_time
    from own cross join bounds
    where status not in ('rejected', 'merged', 'split')
      and coalesce(due_at, received_at) < last_moment
      and (due_at is not null or closed_on_time is not null)
      and (coalesce(due_at, received_at) >= first_day or status <> 'closed' or closed_at >= first_day)
),
in_steps as (
    select date_trunc($step, since_at)::date as step_from, on_time
    from wanted cross join bounds
    where since_at >= first_day
    union all  -- carried over: once more in every step that it was still open in
    select
        unnest(generate_series(
            greatest(date_trunc($step, since_at) + to_step, date_trunc($step, first_day::timestamp)),
            date_trunc($step, least(until_at, last_moment - interval 1 microsecond)),
            to_step
        ))::date,
        false
    from wanted
    cross join bounds
    cross join (select case $step when 'day' then interval 1 day when 'week' then interval 7 days
                                  else interval 1 month end as to_step)
    where until_at > since_at
      and until_at >= date_trunc($step, since_at) + to_step
),
due as (
    select step_from, count(*) as due, count(*) filter (on_time) as on_time
    from in_steps
    group by step_from
)
select
    step_from,
    coalesce(received, 0) as received,
    coalesce(closed, 0) as closed,
    coalesce(due, 0) as due,
    coalesce(on_time, 0) as on_time
from received
full join closed using (step_from)
full join due using (step_from)
order by step_from;
