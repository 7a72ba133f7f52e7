-- answers: Lets this session believe of the inspections what was last reported before a moment.
-- params: moment timestamp
-- returns: none
-- grain: one row per inspection
-- order: none
create temp table inspection as
with reported as (
    select * exclude (replaced_at, replaced_by)
    from inspection_past
    where replaced_at > $moment
    union all by name
    select *
    from inspection
)
select *
from reported
where import_id in (select import_id from import where imported_at <= $moment);
