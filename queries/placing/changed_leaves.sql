-- answers: The leaf cells of which a changeset changed code, land or days, as they were before and as they are after it,
-- and the first day of the change.
-- params: cs bigint
-- returns: region_id bigint, wkb blob, on_day date, is_new boolean
-- grain: one row per leaf cell and period, before or after the change
-- order: region_id, is_new
with told as (
    select effective_on as on_day
    from changeset
    where cs = $cs
),
touched as (
    select distinct
        region_id, code, st_aswkb(geom) as wkb, greatest(valid_from, on_day) as valid_from, valid_to, on_day,
        cs_open = $cs as is_new
    from region_version, told
    where geom is not null
      and valid_to > on_day
      and $cs in (cs_open, cs_close)
      and cs_open is distinct from cs_close
)
select region_id, wkb, on_day, bool_or(is_new) as is_new
from touched
group by region_id, code, wkb, valid_from, valid_to, on_day
having count(*) = 1  -- not the same before and after
order by region_id, is_new;
