-- answers: Since when a register of events has records. What happened before was written down nowhere.
-- params: none
-- returns: register text, first_day date
-- grain: one row per register of events; null where it has none
-- order: none
select 'petition' as register, min(received_at)::date as first_day from petition
union all
select 'inspection', min(inspected_at)::date from inspection
union all
select 'hazard', min(found_on) from hazard
union all
select 'visit', min(visited_on) from visit
union all
select 'topic', min(raised_on) from topic
union all
select 'meeting', min(held_on) from meeting;
