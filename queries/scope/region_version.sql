-- answers: The versions of the regions of a scope, while they belonged to it.
-- params: none
-- returns: none
-- grain: one row per region, period in force and period believed
-- order: none
create or replace temp view region_version as
select version.*
from g.region_version as version
where exists (
    from own_region as own
    where own.region_id = version.region_id
      and own.valid_from < version.valid_to
      and version.valid_from < own.valid_to
);
