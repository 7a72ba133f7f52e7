-- answers: Lets this session believe of the described registers what was last reported before a moment.
-- params: moment timestamp
-- returns: none
-- grain: one row per record
-- order: none
create temp table record as
with reported as (
    select * exclude (replaced_at, replaced_by)
    from record_past
    where replaced_at > $moment
    union all by name
    select *
    from record
)
select *
from reported
where import_id in (select import_id from import where imported_at <= $moment);
