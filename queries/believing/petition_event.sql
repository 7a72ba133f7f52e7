-- answers: Lets this session believe of the events of petitions what was last reported before a moment.
-- params: moment timestamp
-- returns: none
-- grain: one row per event
-- order: none
create temp table petition_event as
with reported as (
    select * exclude (replaced_at, replaced_by)
    from petition_event_past
    where replaced_at > $moment
    union all by name
    select *
    from petition_event
)
select *
from reported
where import_id in (select import_id from import where imported_at <= $moment);
