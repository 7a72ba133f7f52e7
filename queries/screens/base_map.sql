-- answers: What the base map is made of: a text that changes with it, its kinds, and the box around it.
-- params: none
-- returns: version varchar, kinds varchar[], min_x double, min_y double, max_x double, max_y double
-- grain: one row; the box is null where there is no base map
-- order: none
select
    concat_ws('.', count(*), coalesce(max(import_id), 0)) as version,
    coalesce(list(distinct kind order by kind), []) as kinds,
    min(min_x) as min_x,
    min(min_y) as min_y,
    max(max_x) as max_x,
    max(max_y) as max_y
from base_feature;
