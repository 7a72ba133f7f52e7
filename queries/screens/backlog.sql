-- answers: How many petitions of a cell were open, and how many of them overdue, at the end of each step.
-- params: region_id bigint, level text, boundaries date, since date, until date, now timestamp, categories text[], step text
-- returns: step_from date, open bigint, overdue bigint
-- grain: one row per step in which anything changed
-- order: step_from
with own as (
    select received_at, closed_at, due_at, status = 'closed' as is_closed
    from petition_in_cell($level, $boundaries)
    where region_id = $region_id
      and status not in ('rejected', 'merged', 'split')
      and (status <> 'closed' or closed_at is not null)
      and in_categories(category, $categories)
),
changes as (
    select received_at as moment, 1 as open, 0 as overdue from own
    union all
    select greatest(closed_at, received_at), -1, 0 from own where is_closed
    union all
    select due_at, 0, 1 from own where due_at is not null and (not is_closed or closed_at > due_at)
    union all
    select closed_at, 0, -1 from own where is_closed and closed_at > due_at
),
steps as (
    select date_trunc($step, moment)::date as step_from, sum(open) as open, sum(overdue) as overdue
    from changes
    where moment < period_end($until, $now)
    group by step_from
),
running as (
    select
        step_from,
        sum(open) over (order by step_from)::bigint as open,
        sum(overdue) over (order by step_from)::bigint as overdue
    from steps
)
select step_from, open, overdue
from running
where step_from >= date_trunc($step, coalesce($since::date, date '1900-01-01'))::date
order by step_from;
