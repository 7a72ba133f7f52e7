-- answers: What happened to a petition, step by step: dispatches, returns, escalations to block, community or street,
-- extensions, ratings.
-- params: petition_no text
-- returns: happened_at timestamp, event varchar, unit varchar, level varchar, until timestamp, score integer, category varchar, subcategory varchar, reason varchar, hours_since double
-- grain: one row per event; hours_since the one before
-- order: happened_at, event_no
select
    happened_at, event, unit, level, until, score, category, subcategory, reason,
    date_diff('second', lag(happened_at) over (order by happened_at, event_no), happened_at) / 3600.0 as hours_since
from petition_event
where petition_no = $petition_no
order by happened_at, event_no;
