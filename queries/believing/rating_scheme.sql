-- answers: Lets this session believe of the rating levels what was last reported before a moment.
-- params: moment timestamp
-- returns: none
-- grain: one row per rating level
-- order: none
create temp table rating_scheme as
with reported as (
    select * exclude (replaced_at, replaced_by)
    from rating_scheme_past
    where replaced_at > $moment
    union all by name
    select *
    from rating_scheme
)
select *
from reported
where import_id in (select import_id from import where imported_at <= $moment);
