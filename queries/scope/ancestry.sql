-- answers: Which region of each level the regions of a scope belonged to.
-- params: none
-- returns: none
-- grain: one row per region, level and period
-- order: none
create or replace temp view ancestry as
select ancestry.*
from g.ancestry as ancestry
where exists (
    from own_region as own
    where own.region_id = ancestry.region_id
      and own.valid_from < ancestry.valid_to
      and ancestry.valid_from < own.valid_to
);
