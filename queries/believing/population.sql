-- answers: Lets this session believe of the counted places what was last reported before a moment.
-- params: moment timestamp
-- returns: none
-- grain: one row per counted place
-- order: none
create temp table population as
with reported as (
    select * exclude (replaced_at, replaced_by)
    from population_past
    where replaced_at > $moment
    union all by name
    select *
    from population
)
select *
from reported
where import_id in (select import_id from import where imported_at <= $moment);
