-- answers: Stages the events of a file and says which are new, changed or in the store just so.
-- params: path text
-- returns: none
-- grain: one row per row of the file
-- order: none
create or replace temp table staged as
with incoming as (
    select
        incoming.row_no,
        incoming.event_no,
        incoming.petition_no,
        incoming.event,
        incoming.happened_at,
        incoming.unit,
        incoming.until,
        incoming.level,
        incoming.score,
        incoming.category,
        incoming.subcategory,
        incoming.reason
    from read_parquet($path) as incoming
)
select
    incoming.*,
    case
        when event.event_no is null then 'new'
        when (incoming.petition_no, incoming.event, incoming.happened_at, incoming.unit, incoming.until,
              incoming.level, incoming.score, incoming.category, incoming.subcategory, incoming.reason)
             is not distinct from
             (event.petition_no, event.event, event.happened_at, event.unit, event.until,
              event.level, event.score, event.category, event.subcategory, event.reason)
            then 'same'
        else 'changed'
    end as fate
from incoming
left join petition_event as event on event.event_no = incoming.event_no;
