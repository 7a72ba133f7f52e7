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
    select region_id, level, code, name, parent_id, kind, greatest(valid_from, on_day) as valid_from, valid_to,
        cs_open = $cs as is_new
    from region_version, told
    where valid_to > on_day
      and (cs_open = $cs and tx_to = timestamp '9999-12-31' or cs_close = $cs and cs_open <> $cs)
),
differing as (
    (select * exclude (is_new) from touched where is_new except select * exclude (is_new) from touched where not is_new)
    union all
    (select * exclude (is_new) from touched where not is_new except select * exclude (is_new) from touched where is_new)
),
called as (  -- over all time: a region that is in force for fewer days keeps its place among the names
    select distinct region_id, level, code, name, parent_id, kind, tx_to = timestamp '9999-12-31' as is_new
    from region_version
    where region_id in (select region_id from differing)
      and (tx_to = timestamp '9999-12-31' or cs_close = $cs and cs_open <> $cs)
    union
    select distinct region_id, level, code, name, parent_id, kind, false
    from region_version
    where region_id in (select region_id from differing)
      and tx_to = timestamp '9999-12-31'
      and cs_open < $cs
)
select region_id, region_id in (
    select region_id
    from called
    group by region_id, level, code, name, parent_id, kind
    having count(*) = 1
) as is_other
from differing
group by region_id
order by region_id;
