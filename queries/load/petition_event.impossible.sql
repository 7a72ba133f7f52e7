-- answers: Which steps in the courses of some petitions cannot follow the one before, and which events lie before the
-- petition was received.
-- params: records table
-- returns: fault varchar, before varchar, after varchar, petition_no varchar
-- grain: one row per impossible step
-- order: fault, before, after, petition_no
with steps as (
    select
        petition.petition_no,
        petition.received_at,
        event.event,
        event.happened_at,
        event.event in ('received', 'accepted', 'rejected', 'filed', 'dispatched', 'returned', 'signed', 'processing',
                        'disposed', 'verified', 'rework', 'closed', 'reopened', 'merged', 'split', 'void') as is_step,
        event.event_no
    from petition_event as event
    join petition on petition.petition_no = event.petition_no
    where petition.petition_id in (select record_id from records)
),
chained as (
    select
        petition_no,
        coalesce(lag(event) over (partition by petition_no order by happened_at, event_no), 'start') as before,
        event as after
    from steps
    where is_step
)
select 'event.impossible_step' as fault, before, after, petition_no
from chained
where not possible_step(before, after)
union all
select 'event.before_receipt', 'received', event, petition_no
from steps
where happened_at < received_at - interval 1 minute
order by fault, before, after, petition_no;
