-- answers: Lets this session believe of the ratings of rental buildings what was last reported before a moment.
-- params: moment timestamp
-- returns: none
-- grain: one row per rating
-- order: none
create temp table rental_rating as
with reported as (
    select * exclude (replaced_at, replaced_by)
    from rental_rating_past
    where replaced_at > $moment
    union all by name
    select *
    from rental_rating
)
select *
from reported
where import_id in (select import_id from import where imported_at <= $moment);
