-- answers: The petitions due for closure (应结案) in [since, until), carried-over ones included, with
-- whether each was closed by the end of the period and whether on time.
-- Due are those whose due date lies in the period, and those due earlier that were still open when it began.
-- A petition without a due date counts when its source reports whether it was closed on time, and then in
-- the period it was received in. Merged, split, rejected and void petitions are not due.
-- grain: one row per petition placed at the level
create or replace macro petition_due(cell_level, on_day, since, until, now, categories) as table
select
    region_id,
    petition_id,
    status = 'closed' and (closed_at is null or closed_at < period_end(until, now)) as closed,
    case
        when due_at is null then closed_on_time
        when closed_at is null then status = 'closed' and coalesce(closed_on_time, false)
        else closed_at <= due_at and closed_at < period_end(until, now)
    end as on_time
from petition_in_cell(cell_level, on_day)
where status not in ('rejected', 'merged', 'split')
  and in_categories(category, categories)
  and case
        when due_at is null
            then closed_on_time is not null
             and received_at >= coalesce(cast(since as date), date '1900-01-01')
             and received_at < period_end(until, now)
        else due_at < period_end(until, now)
         and (due_at >= coalesce(cast(since as date), date '1900-01-01')
              or status <> 'closed'
              or closed_at >= coalesce(cast(since as date), date '1900-01-01'))
      end;
