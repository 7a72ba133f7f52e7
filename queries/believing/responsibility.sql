-- answers: Lets this session believe of the responsibilities what was last reported before a moment.
-- params: moment timestamp
-- returns: none
-- grain: one row per responsibility
-- order: none
create temp table responsibility as
with reported as (
    select * exclude (replaced_at, replaced_by)
    from responsibility_past
    where replaced_at > $moment
    union all by name
    select *
    from responsibility
)
select *
from reported
where import_id in (select import_id from import where imported_at <= $moment);
