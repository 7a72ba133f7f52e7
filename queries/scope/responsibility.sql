-- answers: Who is in charge of the regions of a scope.
-- params: none
-- returns: none
-- grain: one row per region, role, person and period
-- order: none
create or replace temp view responsibility as
select *
from g.responsibility
where region_code in (
    select version.code
    from g.region_version as version
    join own_region as own
      on own.region_id = version.region_id
     and own.valid_from < version.valid_to
     and version.valid_from < own.valid_to
);
