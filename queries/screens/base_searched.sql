-- answers: What the base map names with some words: roads, places, waters, buildings; and a point of each.
-- params: words text, most integer
-- returns: kind varchar, name varchar, x double, y double
-- grain: one row per name, the most important feature of that name; x and y in the CRS of the store
-- order: length of the name, name
with found as (
    select feature_id, kind, name, rank, geom
    from base_feature
    where name is not null and trim($words) <> '' and contains(lower(name), lower(trim($words)))
),
named as (
    select kind, name, st_pointonsurface(geom) as point
    from found
    qualify row_number() over (partition by name order by rank, feature_id) = 1
)
select kind, name, st_x(point) as x, st_y(point) as y
from named
order by length(name), name
limit $most;
