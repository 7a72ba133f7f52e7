-- answers: Works out what the events of the given petitions come to.
-- params: records table
-- returns: none
-- grain: one row per petition with events
-- order: petition_id
insert into petition_course by name
with mine as (
    select petition.petition_id, event.*
    from petition_event as event
    join petition on petition.petition_no = event.petition_no
    where petition.petition_id in (select record_id from records)
),
handling as (  -- what is disposed of and comes back is handed out anew
    select
        petition_id, event_no, happened_at, event, unit,
        count(*) filter (event in ('disposed', 'closed', 'rework', 'reopened'))
            over (partition by petition_id order by happened_at, event_no) as round
    from mine
    where event in ('dispatched', 'returned', 'disposed', 'closed', 'rework', 'reopened')
),
steps as (  -- a unit that has it already does not get it twice
    select
        *,
        lag(event) over (partition by petition_id, round, unit order by happened_at, event_no) as before
    from handling
    where event in ('dispatched', 'returned')
),
held as (  -- how many units a petition lies with after each dispatch and return
    select
        petition_id,
        sum(case
                when event = 'dispatched' and (unit is null or before is distinct from 'dispatched') then 1
                when event = 'returned' and (unit is null or before = 'dispatched') then -1
                else 0
            end) over (partition by petition_id, round order by happened_at, event_no) as units
    from steps
),
most as (
    select petition_id, greatest(max(units), 0)::integer as parallel_units
    from held
    group by petition_id
)
select
    mine.petition_id,
    count(*)::integer as events,
    min(happened_at) filter (event = 'dispatched') as dispatched_at,
    (count(*) filter (event = 'dispatched'))::integer as dispatches,
    coalesce(any_value(most.parallel_units), 0) as parallel_units,
    min(happened_at) filter (event = 'returned') as returned_at,
    (count(*) filter (event = 'returned'))::integer as returns,
    min(happened_at) filter (event = 'extended') as extended_at,
    (count(*) filter (event = 'extended'))::integer as extensions,
    min(happened_at) filter (event = 'responded') as responded_at,
    min(happened_at) filter (event = 'disposed') as disposed_at,
    min(happened_at) filter (event = 'verified') as verified_at,
    min(happened_at) filter (event in ('rework', 'reopened')) as reworked_at,
    (count(*) filter (event in ('rework', 'reopened')))::integer as reworks,
    coalesce(max(case level when 'block' then 1 when 'community' then 2 when 'street' then 3 when 'district' then 4 end)
             filter (event = 'escalated'), 0)::integer as escalated_to,
    max(happened_at) filter (event = 'rated' and score is not null) as rated_at,
    max_by(score, happened_at) filter (event = 'rated' and score is not null) as score,
    min(happened_at) filter (event = 'rated' and score <= 2) as bad_rated_at,
    max(happened_at) filter (event = 'corrected') as corrected_at,
    min(happened_at) filter (event = 'supervised') as supervised_at
from mine
left join most on most.petition_id = mine.petition_id
group by mine.petition_id
order by petition_id;
