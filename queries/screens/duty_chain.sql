-- answers: How far each step of the chains of responsibility is filled on a day: of the units it is about, how many
-- have a person of its role, how many had one whose term is over, and how many units each person holds.
-- params: on_day date
-- returns: chain varchar, step integer, role varchar, title varchar, unit varchar, units bigint, filled bigint, expired bigint, vacant bigint, persons bigint, units_each double, span_most integer
-- grain: one row per chain and step; units is null where gridmap does not hold them (households)
-- order: chain, step
with units as (
    select level as unit, code
    from believed()
    where kind <> 'unassigned'
      and valid_from <= $on_day
      and $on_day < valid_to
    union all
    select 'building', building_no
    from rental_building
    where registered_on is null or registered_on <= $on_day
),
held as (
    select
        role,
        region_code as code,
        bool_or(valid_from <= $on_day and $on_day < valid_to) as running,
        bool_or(valid_to <= $on_day) as ended
    from responsibility
    group by role, region_code
),
persons as (
    select responsibility.role, units.unit, count(distinct responsibility.person_no) as persons
    from responsibility
    join units on units.code = responsibility.region_code
    where responsibility.valid_from <= $on_day
      and $on_day < responsibility.valid_to
    group by responsibility.role, units.unit
),
steps as (
    select
        chain.chain,
        chain.step,
        chain.role,
        chain.title,
        chain.unit,
        chain.span_most,
        count(units.code) as units,
        count(*) filter (held.running) as filled,
        count(*) filter (held.ended and not held.running) as expired
    from duty_chain as chain
    left join units on units.unit = chain.unit
    left join held on held.role = chain.role and held.code = units.code
    group by all
)
select
    steps.chain,
    steps.step,
    steps.role,
    steps.title,
    steps.unit,
    nullif(steps.units, 0) as units,
    steps.filled,
    steps.expired,
    case when steps.units > 0 then steps.units - steps.filled - steps.expired end as vacant,
    coalesce(persons.persons, 0) as persons,
    steps.filled / nullif(persons.persons, 0)::double as units_each,
    steps.span_most
from steps
left join persons on persons.role = steps.role and persons.unit = steps.unit
order by chain, step;
