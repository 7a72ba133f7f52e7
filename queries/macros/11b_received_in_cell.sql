-- answers: How many petitions were received in [since, until) in each cell of a level: as many as petition_received has.
-- They are counted where they were placed first, and those counts are added up: a fraction of the rows for every level
-- above. Only in regions whose place among the others changed must each petition be asked for its day.
-- grain: one row per cell with petitions
create or replace macro received_in_cell(cell_level, on_day, since, until, categories) as table
with received as (
    select placed_in, received_at
    from petition_located(on_day)
    where cell_level <> 'total'
      and received_at >= coalesce(cast(since as date), date '1900-01-01')
      and received_at < coalesce(cast(until as date), date '9999-12-31')
      and in_categories(category, categories)
),
changing as (
    select distinct region_id
    from ancestry
    where valid_from <> date '1900-01-01' or valid_to <> date '9999-12-31'
),
counted as (
    select placed_in, null::date as placed_on, count(*) as petitions
    from received
    group by placed_in
    having placed_in not in (select region_id from changing)
    union all
    select placed_in, coalesce(cast(on_day as date), cast(received_at as date)), count(*)
    from received
    where placed_in in (select region_id from changing)
    group by all
)
select 0 as region_id, count(*) as petitions
from petition_received('total', on_day, since, until, categories)
where at_level('total', cell_level)
having count(*) > 0
union all
select ancestry.ancestor_id, cast(sum(counted.petitions) as bigint)
from counted
join ancestry
  on ancestry.region_id = counted.placed_in
 and at_level(ancestry.level, cell_level)
 and ancestry.level <> 'total'
 and (counted.placed_on is null or in_force(ancestry.valid_from, ancestry.valid_to, counted.placed_on))
group by ancestry.ancestor_id;
