-- answers: The regions of which a changeset changed anything but the land, and whether that is more than the days: then a
-- code or a name can stand for something else than before.
-- params: cs bigint
-- returns: region_id bigint, is_other boolean
-- grain: one row per region
-- order: region_id
with told as (
    select effective_on as on_day
    from changeset
    where cs = $cs
),
touched as (
    select *, cs_open = $cs as is_new
    from region_version
    where $cs in (cs_open, cs_close)
      and cs_open is distinct from cs_close
),
differing as (
    select region_id
    from (
        select distinct
            region_id, level, code, name, parent_id, kind, greatest(valid_from, on_day) as valid_from, valid_to, is_new
        from touched, told
        where valid_to > on_day
    )
    group by region_id, level, code, name, parent_id, kind, valid_from, valid_to
    having count(*) = 1  -- not the same before and after
),
called as (  -- over all time: a region that is in force for fewer days keeps its place among the names
    select region_id, level, code, name, parent_id, kind, is_new
    from touched
    union
    select region_id, level, code, name, parent_id, kind, is_new
    from region_version, (values (false), (true)) as both_times (is_new)
    where tx_to = timestamp '9999-12-31'
      and cs_open <> $cs
)
select region_id, region_id in (
    select region_id
    from called
    where region_id in (select region_id from differing)
    group by region_id, level, code, name, parent_id, kind
    having count(*) = 1
) as is_other
from differing
group by region_id
order by region_id;
