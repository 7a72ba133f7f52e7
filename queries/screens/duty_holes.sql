-- answers: The leaf cells without anybody in charge on a day, why, and what that leaves: land, people, open petitions.
-- params: on_day date, now timestamp
-- returns: code varchar, name varchar, level varchar, duty varchar, area_m2 double, people double, open_petitions bigint
-- grain: one row per leaf cell that nobody is in charge of
-- order: area_m2 desc, code
with holes as (
    select *
    from leaf_duty($on_day)
    where duty <> 'in_charge'
),
people as (
    select place.region_id, sum(population.people)::double as people
    from population
    join place
      on place.record_kind = 'population'
     and place.record_id = population.population_id
     and place.valid_from <= $on_day
     and $on_day < place.valid_to
    group by place.region_id
),
moment as (
    select least($on_day::timestamp + interval 1 day, $now) as at_moment
),
still_open as (
    select petition_id, settled_in
    from petition
    where is_open(status, received_at, closed_at, (select at_moment from moment))
),
lying as (
    select settled_in as region_id
    from still_open
    where settled_in is not null
    union all
    select moved.region_id
    from still_open
    join petition_moved as moved
      on moved.petition_id = still_open.petition_id
     and moved.valid_from <= $on_day
     and $on_day < moved.valid_to
),
waiting as (
    select region_id, count(*) as open_petitions
    from lying
    group by region_id
)
select
    holes.code,
    holes.name,
    holes.level,
    holes.duty,
    holes.area_m2,
    coalesce(people.people, 0) as people,
    coalesce(waiting.open_petitions, 0) as open_petitions
from holes
left join people on people.region_id = holes.region_id
left join waiting on waiting.region_id = holes.region_id
order by area_m2 desc, code;
