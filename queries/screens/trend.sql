-- answers: Petitions received and closed in a cell over time, closed on time by due date, in steps of a day,
-- a week (from Monday) or a month.
-- params: region_id bigint, level text, boundaries date, since date, until date, now timestamp, categories text[], step text
-- returns: step_from date, received bigint, closed bigint, due bigint, on_time bigint
-- grain: one row per step with petitions received, closed or due
-- order: step_from
with own as (
    select received_at, closed_at, due_at, status, category
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
due as (
    select
        date_trunc($step, due_at)::date as step_from,
        count(*) as due,
        count(*) filter (closed_at <= due_at) as on_time
    from own cross join bounds
    where status not in ('rejected', 'merged', 'split') and due_at >= first_day and due_at < last_moment
    group by all
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
