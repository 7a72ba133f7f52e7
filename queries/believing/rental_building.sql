-- answers: Lets this session believe of the rental buildings what was last reported before a moment.
-- params: moment timestamp
-- returns: none
-- grain: one row per rental building
-- order: none
create temp table rental_building as
with reported as (
    select * exclude (replaced_at, replaced_by)
    from rental_building_past
    where replaced_at > $moment
    union all by name
    select *
    from rental_building
)
select *
from reported
where import_id in (select import_id from import where imported_at <= $moment);
