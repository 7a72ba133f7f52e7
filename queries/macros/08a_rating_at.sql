-- answers: The rating of each rental building in force at a moment, with what its level means.
-- grain: one row per rated building
create or replace macro rating_at(moment) as table
with latest as (
    select
        building_no,
        arg_max({'scheme': scheme, 'level': level, 'valid_from': valid_from, 'valid_to': valid_to}, valid_from) as rating
    from rental_rating
    where valid_from <= cast(moment - interval 1 second as date)
    group by building_no
)
select
    latest.building_no,
    rating.level as rating,
    rating.valid_from as rated_from,
    scheme.rank as rating_rank,
    scheme.weight as rating_weight,
    scheme.interval_days
from latest
left join rating_scheme as scheme on scheme.scheme = rating.scheme and scheme.level = rating.level
where rating.valid_to is null or cast(moment - interval 1 second as date) < rating.valid_to;
