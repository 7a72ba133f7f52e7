-- answers: Which records of a register count in another cell of a level when they are restated to a day: how many moved
-- from which cell to which. With those that stayed they add up to the same sum in both views. Petitions are those
-- received in a period, then in the cells of their day; others all there are, then in the cells of one day.
-- params: kind text, level text, was_on date, day date, since date, until date, categories text[]
-- returns: from_code varchar, from_name varchar, to_code varchar, to_name varchar, records bigint, moved boolean
-- grain: one row per pair of cells; cells without a record in one of the views have no row
-- order: moved desc, records desc, from_code, to_code
with before as (
    select petition_id as record_id, region_id
    from petition_received($level, null, $since, $until, $categories)
    where $kind = 'petition'
    union all
    select record_id, region_id
    from place_in_cell($kind, $level, $was_on)
    where $kind <> 'petition'
),
after as (
    select petition_id as record_id, region_id
    from petition_received($level, $day, $since, $until, $categories)
    where $kind = 'petition'
    union all
    select record_id, region_id
    from place_in_cell($kind, $level, $day)
    where $kind <> 'petition'
),
pairs as (
    select before.region_id as from_id, after.region_id as to_id, count(*) as records
    from before
    full join after on after.record_id = before.record_id
    group by all
)
select
    coalesce(was.code, '') as from_code,
    coalesce(was.name, '') as from_name,
    coalesce(becomes.code, '') as to_code,
    coalesce(becomes.name, '') as to_name,
    pairs.records,
    pairs.from_id is distinct from pairs.to_id as moved
from pairs
left join last_named(null) as was on was.region_id = pairs.from_id
left join last_named(null) as becomes on becomes.region_id = pairs.to_id
order by moved desc, records desc, from_code, to_code;
