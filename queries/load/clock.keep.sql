-- answers: Keeps the deadlines that are not what they were, beside the earlier ones.
-- params: deadlines table, import_id bigint
-- returns: none
-- grain: one row per petition whose deadline changed
-- order: petition_id
insert into petition_deadline by name
with latest as (
    select petition_id, last(item_code order by rowid) as item_code, last(due_at order by rowid) as due_at,
           last(stopped order by rowid) as stopped
    from petition_deadline
    where petition_id in (select case_id from deadlines)
    group by petition_id
)
select
    deadlines.case_id as petition_id,
    deadlines.item_code,
    deadlines.first_due_at,
    deadlines.due_at,
    deadlines.stopped,
    $import_id as import_id
from deadlines
left join latest on latest.petition_id = deadlines.case_id
where latest.petition_id is null
   or (latest.item_code, latest.due_at, latest.stopped)
      is distinct from (deadlines.item_code, deadlines.due_at, deadlines.stopped)
order by petition_id;
