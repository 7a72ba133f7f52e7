-- answers: The leaf cells of which a changeset changed code, land or days, as they were before and as they are after it,
-- and the first day of the change.
-- params: cs bigint
-- returns: region_id bigint, wkb blob, on_day date, is_new boolean
-- grain: one row per leaf cell, land it has or had, and whether it has it after the change
-- order: region_id, is_new
with told as (
    select effective_on as on_day
    from changeset
    where cs = $cs
),
before as (
    select region_id, code, st_aswkb(geom) as wkb, greatest(valid_from, on_day) as valid_from, valid_to, on_day
    from region_version, told
    where cs_close = $cs
      and geom is not null
      and valid_to > on_day
),
after as (
    select region_id, code, st_aswkb(geom) as wkb, greatest(valid_from, on_day) as valid_from, valid_to, on_day
    from region_version, told
    where cs_open = $cs
      and geom is not null
      and valid_to > on_day
),
changed as (
    (select *, false as is_new from before except select *, false from after)
    union all
    (select *, true from after except select *, true from before)
)
select region_id, wkb, on_day, is_new
from changed
order by region_id, is_new;
