-- answers: The rating schemes side by side, with how many buildings are rated by each level on a day.
-- params: on_day date
-- returns: scheme varchar, level varchar, rank integer, title_zh varchar, title_en varchar, colour varchar, interval_days integer, weight double, buildings bigint
-- grain: one row per scheme and level
-- order: scheme, rank
with in_force as (
    select building_no, scheme, level
    from rental_rating
    where valid_from <= $on_day
    qualify row_number() over (partition by building_no order by valid_from desc) = 1
       and (valid_to is null or $on_day < valid_to)
)
select
    known.scheme, known.level, known.rank, known.title_zh, known.title_en, known.colour, known.interval_days,
    known.weight, count(in_force.building_no) as buildings
from rating_scheme as known
left join in_force on in_force.scheme = known.scheme and in_force.level = known.level
group by all
order by scheme, rank;
