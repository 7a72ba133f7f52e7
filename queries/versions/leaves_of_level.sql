-- answers: The leaves below each region of a level on a day, so that the region's land can be summed up.
-- params: level text, on_day date, within bigint
-- returns: region_id bigint, code varchar, name varchar, parent_id bigint, kind varchar, wkb blob
-- grain: one row per region of the level and leaf
-- order: code
with wanted as (
    select region_id, code, name, parent_id, kind
    from believed()
    where level = $level
      and valid_from <= $on_day
      and $on_day < valid_to
      and ($within is null or region_id in (
            select region_id
            from ancestry
            where ancestor_id = $within and valid_from <= $on_day and $on_day < valid_to))
)
select wanted.region_id, wanted.code, wanted.name, wanted.parent_id, wanted.kind, st_aswkb(leaf.geom) as wkb
from wanted
join ancestry
  on ancestry.ancestor_id = wanted.region_id
 and ancestry.level = $level
 and ancestry.valid_from <= $on_day
 and $on_day < ancestry.valid_to
join believed() as leaf
  on leaf.region_id = ancestry.region_id
 and leaf.geom is not null
 and leaf.valid_from <= $on_day
 and $on_day < leaf.valid_to
order by wanted.code;
